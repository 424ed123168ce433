"""What the Repair page shows, in plain words. No Qt, pure."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError
from engine.repair.names import check_pattern, name_of
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.repair import FileState, RepairFacts, RepairFile, ShownFile
from viewer.model.scene.repair import BeforeAfter, RepairItem, RepairScene
from viewer.model.session.repair import KINDS, Repair
from viewer.model.session.state import Session

FOLDER = "repaired"
"""Of the files, beside the first, where no other was chosen."""
SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif"}


def resolve_repair(session: Session, facts: Facts, memo: Memo) -> RepairScene:
    """The whole page."""
    return memo.recall(_scene, session.repair, facts.repair)


def target_folder(chosen: Repair, files: tuple[RepairFile, ...]) -> Path | None:
    """Where repaired files go; None while neither a folder nor a file is there."""
    if chosen.folder:
        return Path(chosen.folder)
    return files[0].path.absolute().parent / FOLDER if files else None


def _scene(chosen: Repair, known: RepairFacts) -> RepairScene:
    files = known.files
    folder, example, fault = target_folder(chosen, files), "", ""
    try:
        check_pattern(chosen.pattern)
    except UserError as error:
        fault = str(error)
    at = known.selected if 0 <= known.selected < len(files) else 0
    if files and not fault and not files[at].fault:
        found = files[at].findings
        quality = found.quality if found is not None else None
        suffix = SUFFIXES[KINDS[chosen.kind].format]
        name = name_of(chosen.pattern, files[at].source, suffix, quality, chosen.strength / 100)
        example = f"{files[at].path.name} → {(folder or Path()) / name}"
    working = next((each for each in files if each.state is FileState.WORKING), None)
    return RepairScene(
        items=tuple(_item(each) for each in files),
        selected=known.selected,
        picture=_picture(known.shown, files),
        caption=_caption(known.shown),
        findings=_findings(known, at),
        example=example,
        fault=fault,
        start=_start(files),
        why_not=why_not(chosen, known),
        summary=known.ended,
        failed=any(each.state is FileState.FAILED for each in files),
        progress=known.part if known.running else None,
        working=f"{known.done + 1} of {known.count}: {working.path.name}" if working is not None else "",
    )


def why_not(chosen: Repair, known: RepairFacts) -> str:
    """Why files can't be repaired now; "" when they can."""
    if known.running:
        return "files are being repaired"
    if not known.files:
        return "there are no files yet"
    try:
        check_pattern(chosen.pattern)
    except UserError as error:
        return str(error)
    return ""


def _start(files: tuple[RepairFile, ...]) -> str:
    count = sum(not file.fault for file in files)
    if len(files) <= 1 or not count:
        return "Repair and save"
    return f"Repair and save {count} file{'s' if count != 1 else ''}"


def _item(file: RepairFile) -> RepairItem:
    if file.state is FileState.DONE:
        detail = "Repaired"
    elif file.state is FileState.FAILED:
        detail = f"Not repaired\n{_without_name(file.words, file.path.name)}"
    elif file.state is FileState.WORKING:
        detail = "Being repaired …"
    elif file.fault:
        detail = f"Can't be repaired\n{_without_name(file.fault, file.path.name)}"
    else:
        detail = _short(file)
    state = "failed" if file.fault and file.state is FileState.WAITING else file.state.value
    tip = "\n".join(line for line in (str(file.path), file.words or file.fault) if line)
    return RepairItem(str(file.path), file.path.name, detail, state, tip, file.thumb)


def _short(file: RepairFile) -> str:
    found = file.findings
    if found is None:
        return "…"
    gain = found.gain_words().partition(" (")[0].removeprefix("a ")
    saved = found.quality_words().removeprefix("JPEG, ")
    return "\n".join(part for part in (saved[:1].upper() + saved[1:], gain) if part)


def _without_name(text: str, name: str) -> str:
    """A message to stand beside the name that it begins with."""
    return text.removeprefix(f"{name}: ")


def _picture(shown: ShownFile | None, files: tuple[RepairFile, ...]) -> BeforeAfter:
    if shown is None:
        return BeforeAfter(note="Choose a file in the list" if files else "")
    if shown.fault:
        return BeforeAfter(str(shown.path), note=shown.fault)
    if shown.before is None:
        return BeforeAfter(str(shown.path), busy=True, note=f"Opening {shown.path.name} …")
    return BeforeAfter(str(shown.path), shown.before, shown.tiles, shown.busy)


def _caption(shown: ShownFile | None) -> str:
    if shown is None or shown.before is None:
        return shown.path.name if shown is not None else ""
    height, width = shown.before.shape[:2]
    return f"{shown.path.name} · {width} × {height}"


def _findings(known: RepairFacts, at: int) -> str:
    """What the file that is looked at tells: how it was saved, before that, and what can be expected."""
    found = known.shown.findings if known.shown is not None else None
    if found is None and 0 <= known.selected < len(known.files):
        found = known.files[at].findings
    if found is None:
        return ""
    gain = found.gain_words()
    past = found.past_words() or ("no sign of earlier saving" if found.history is not None else "")
    expected = ""
    if gain:
        kind, _, figure = gain.partition(" (")
        expected = f"{kind} can be expected ({figure}"
    return " · ".join(part for part in (found.quality_words(), past, expected) if part)
