"""Opens and forgets models of one's own: asks where, loads in the background, remembers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.core.control import Control
from viewer.core.jobs import Lane
from viewer.core.worker import Apart
from viewer.decode import jobs as decoding
from viewer.documents.settings import Settings
from viewer.model.facts.facts import JobState
from viewer.model.session.decoder_choice import codecs_in_words
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.own_models import add_model, is_own, remove_model
from viewer.models import jobs

_KINDS = "Models (*.json *.safetensors *.onnx);;All files (*)"


class ModelDesk(Apart):
    """A worker of the window, too: it is waited for. window: parent of dialogs."""

    def __init__(self, window: QWidget, control: Control, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._control, self._settings = window, control, settings
        self._name = ""
        self.lane = Lane("model", self, apart=True)
        self.lane.yielded.connect(lambda _, loaded: self._loaded(loaded))
        self.lane.finished.connect(lambda _: control.refresh())
        self.lane.cancelled.connect(lambda _: control.refresh())
        self.lane.failed.connect(lambda _, text: control.complain(text))
        control.attach(self)

    def ask(self) -> None:
        """Let the user choose a model's card, weights or ONNX file."""
        own = [card for card in self._control.session.models if is_own(card) and card.path is not None]
        near = own[-1].path.parent if own and own[-1].path is not None else Path.home()
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a model of your own", str(near), _KINDS)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Load a model, list it among the decoders and take it."""
        self._name = path.name
        self.lane.start(jobs.load(path.absolute(), decoding.prepare_torch))
        self._control.refresh()

    def _loaded(self, loaded: jobs.Loaded) -> None:
        self._settings.add_model(loaded.path)
        self._control.change(partial(add_model, card=loaded.card))
        session = self._control.session
        card = next(card for card in reversed(session.models) if card.path == loaded.card.path)
        title = decoder_title(card.name, session.models)
        if session.options.decoder == card.name:
            self._control.say(f"{title} is among the decoders, and chosen")
        else:
            self._control.say(f"{title} is among the decoders, for {codecs_in_words(card)} streams")

    def drop(self) -> None:
        """Take the chosen model off the list; its files stay."""
        card = self._control.session.card
        if card is not None and is_own(card):
            for path in (card.path, *card.files):
                if path is not None:
                    self._settings.forget_model(path)
            title = decoder_title(card.name, self._control.session.models)
            self._control.change(partial(remove_model, name=card.name))
            self._control.say(f"{title} is off the list; its files stay")

    # ---- as every worker ------------------------------------------------------------------------

    def stop(self) -> None:
        self.lane.cancel()

    def job(self) -> JobState | None:
        return JobState(f"Opening {self._name}", 0.0) if self.busy() else None
