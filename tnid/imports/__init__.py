"""Lists of workers: a spreadsheet read row by row, checked, and applied while sign-ins go on."""
