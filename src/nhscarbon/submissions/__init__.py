"""What a checker of returns needs: the check, the sender's own tonnes, template, marked workbook."""
