"""The shell: window, controller, menus, palette, toolbar."""
