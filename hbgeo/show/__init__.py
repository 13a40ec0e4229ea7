"""What goes out: the page, the tables and the workbook."""
