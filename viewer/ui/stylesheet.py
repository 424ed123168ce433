"""Qt style sheet of the whole application; @names stand for the theme's colours and drawings, @numbers for
pixels that grow with the text."""

SHEET = """
QToolTip, QLabel[role="readout"] {
    background: @raised; color: @text; border: 1px solid @line; padding: 4px 6px;
}
QMainWindow::separator { background: @window; width: 4px; height: 4px; }
QSplitter::handle { background: @window; }
QSplitter::handle:hover { background: @line; }
QFrame[role="panel"], QWidget[role="panel"] { background: @panel; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="error"] { color: @error; }
QFrame[role="focus"] { border: 2px solid @accent; background: transparent; }
QFrame[role="rule"] { background: @line; border: none; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 4px 8px; spacing: 4px; }
QToolBar::separator { background: @line; width: 1px; margin: 4px 6px; }
QStatusBar { background: @panel; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: @panel; padding: 4px 8px; }

QPushButton, QToolButton {
  background: @raised; color: @text; border: 1px solid @line; border-radius: 4px;
  padding: 3px 8px; min-height: @least;
}
QPushButton { padding: 3px 12px; }
QToolButton { padding: 2px 8px 1px 8px; }
QPushButton[compact="true"] { padding: 0 10px; min-height: @least; }
QToolButton[flat="true"] { background: transparent; border-color: transparent; padding: 3px; }
QPushButton:hover, QToolButton:hover, QToolButton[flat="true"]:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QToolButton:checked, QPushButton:checked { background: @hover; border-color: @accent; }
QPushButton:focus, QToolButton:focus, QToolButton[flat="true"]:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { background: transparent; color: @faint; }
QPushButton[primary="true"] {
  background: @accent; color: @on_accent; border-color: @accent; font-weight: 600;
}
QPushButton[primary="true"]:hover { border-color: @text; }
QPushButton[primary="true"]:disabled { background: @raised; color: @faint; border-color: @line; }
QPushButton[primary="true"]:focus { border: 2px solid @text; padding: 2px 11px; }
QToolButton::menu-indicator {
  image: url(@down); width: @10; height: @10;
  subcontrol-origin: padding; subcontrol-position: center right; right: 5px;
}
QToolButton[popupMode="1"] { padding-right: @20; }
QToolButton[popupMode="2"] { padding-right: @18; }
QToolButton::menu-button { border: none; width: @16; }
QToolButton::menu-arrow { image: url(@down); width: @10; height: @10; }

QToolButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QToolButton[segment="middle"] { border-radius: 0; border-left: none; }
QToolButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; }
QToolButton[segment]:checked { background: @accent; color: @on_accent; border-color: @accent; }
QToolButton[segment]:focus { border: 1px solid @text; }

QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {
  background: @raised; color: @text; border: 1px solid @line; border-radius: 4px;
  padding: 3px 8px; min-height: @least;
  selection-background-color: @accent; selection-color: @on_accent;
}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover { background: @hover; }
QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: @accent; }
QComboBox:disabled, QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
  background: transparent; color: @faint;
}
QComboBox::drop-down { border: none; width: @20; }
QComboBox::down-arrow { image: url(@down); width: @10; height: @10; }
QComboBox QAbstractItemView, QListView, QTreeView {
  background: @raised; color: @text; border: 1px solid @line; outline: none; padding: 4px;
  selection-background-color: @accent; selection-color: @on_accent;
}
QComboBox QAbstractItemView::item, QListView::item { min-height: 24px; padding: 0 6px; border-radius: 3px; }
QListView::item:selected { background: @accent; color: @on_accent; }
QTreeView::item { min-height: 24px; }
QTreeView::item:disabled { color: @faint; }
QTreeView::branch { background: transparent; }
QTableView {
  background: @panel; alternate-background-color: @window; color: @text; border: 1px solid @line;
  selection-background-color: @hover; selection-color: @text; outline: none;
}
QTableView::item { padding: 0 4px; border: none; }
QTableView::item:focus { border: 1px solid @accent; }
QHeaderView { background: @raised; border: none; }
QHeaderView::section {
  background: @raised; color: @muted; border: none; border-bottom: 1px solid @line; padding: 4px 6px;
}
QHeaderView::section:hover { color: @text; background: @hover; }
QHeaderView::up-arrow { image: url(@up); width: @9; subcontrol-position: center right; right: 2px; }
QHeaderView::down-arrow { image: url(@down); width: @9; subcontrol-position: center right; right: 2px; }
QTreeView::indicator {
  width: @14; height: @14; border: 1px solid @muted; border-radius: 3px; background: @panel;
}
QTreeView::indicator:checked { background: @accent; border-color: @accent; image: url(@check); }
QTreeView::indicator:disabled { border-color: @faint; background: transparent; }
QTreeView::indicator:checked:disabled { background: @line; border-color: @line; }
QSpinBox, QDoubleSpinBox { padding: 1px 0 2px 0; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; padding: 0; min-height: 0; }
QSpinBox::up-button, QDoubleSpinBox::up-button {
  subcontrol-origin: border; subcontrol-position: top right; width: @18;
  border: none; background: transparent;
}
QSpinBox::down-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; subcontrol-position: bottom right; width: @18;
  border: none; background: transparent;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(@up); width: @8; height: @8; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(@down); width: @8; height: @8; }

QCheckBox { spacing: 6px; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QCheckBox:focus { border-color: @accent; }
QCheckBox::indicator {
  width: @14; height: @14; border: 1px solid @muted; border-radius: 3px; background: @raised;
}
QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(@check); }
QCheckBox::indicator:disabled { border-color: @line; background: transparent; }
QRadioButton::indicator {
  width: @14; height: @14; border: 1px solid @muted; border-radius: @8; background: @raised;
}
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: @accent; background: @hover; }
QRadioButton::indicator:checked { width: @6; height: @6; border: @5 solid @accent; }
QRadioButton::indicator:checked:focus { border-color: @text; }
QRadioButton::indicator:disabled { border-color: @line; background: transparent; }
QRadioButton::indicator:checked:disabled { border-color: @muted; }

QMenuBar { background: @panel; border-bottom: 1px solid @line; }
QMenuBar::item { padding: 5px @menu; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenuBar QToolButton { min-width: @20; padding: 0 4px; }
QMenu { background: @raised; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px @24 5px @24; border-radius: 3px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @muted; background: transparent; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::indicator { width: @14; height: @14; left: 5px; }

QProgressBar {
  background: @raised; border: 1px solid @line; border-radius: 4px; text-align: center; color: @text;
}
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
