"""Parts of the clinical importers: gases, containers, inhalers, refrigerants."""
