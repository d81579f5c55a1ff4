"""The importer of the UK Government GHG conversion factors, one module a step.

`tables` reads the label tables beside it, `workbook` and `standard` read the publisher's files,
`match` joins the two, `package` writes the result.
"""
