"""The canvas of the panes: viewport, marks, painting."""
