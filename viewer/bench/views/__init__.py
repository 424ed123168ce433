"""Views of the Measure page: what is measured, the table and the plots of it."""
