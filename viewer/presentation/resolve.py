"""What the back row sees: the caption line, one plot, two pictures without their names. No Qt, pure."""

from __future__ import annotations

from dataclasses import replace

from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene, TransportScene
from viewer.model.scene.presentation import CaptionScene, NotesScene
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.presentation import Poll
from viewer.model.session.presentation_changes import polled
from viewer.model.session.state import Session

QUESTION = "Which one is refined?"


def with_presentation(scene: Scene, session: Session, facts: Facts, memo: Memo) -> Scene:
    """The scene with what belongs to presenting; the same one while nobody presents."""
    known = session.presentation
    if not known.on:
        return scene
    panes = scene.panes
    asked = known.poll is Poll.ASKED and polled(session)
    if asked:
        panes = memo.recall(_nameless, panes)
    big = next((plot for plot in scene.plots if plot.key == known.plot), None)
    return replace(scene, panes=panes, caption=caption(session, facts, scene.transport), big=big)


def _nameless(panes: tuple[PaneScene, ...]) -> tuple[PaneScene, ...]:
    return tuple(
        replace(pane, title=letter, detail="", colour="", mark="")
        for pane, letter in zip(panes, "AB", strict=False)
    )


def caption(session: Session, facts: Facts, transport: TransportScene) -> CaptionScene:
    """The line below the pictures. An error has no line of its own then, so it is told here."""
    if facts.error:
        return CaptionScene(title=facts.error, loud=True)
    if session.presentation.poll is Poll.ASKED and polled(session):
        return CaptionScene(title=question(session), loud=True)
    title = _title(session)
    if session.page is Page.LAB or session.page is Page.CODECS or session.size is None:
        return CaptionScene(title=title)
    step, widest = _step(transport)
    if session.page is Page.COMPARE or facts.run is None or session.scan is not None:
        return CaptionScene(step, widest, title=title)
    figure, gain = _figures(facts.run, transport.step)
    return CaptionScene(step, widest, figure, gain, bool(figure), title)


def question(session: Session) -> str:
    """What is asked of the two pictures."""
    if set(session.wipe) == {"standard", "estimate"}:
        return QUESTION
    return "Which one is the original?" if "original" in session.wipe else "Which one is better?"


def _title(session: Session) -> str:
    lesson, course = session.lessons.lesson, session.lessons.course
    if lesson is None or course is None:
        return session.name
    return f"{session.lessons.at + 1}/{len(course.lessons)} · {lesson.title}"


def _step(transport: TransportScene) -> tuple[str, str]:
    """Where the scrubber stands, and the longest that this becomes."""
    if transport.scan is not None:
        last = words.count(transport.scan_total)
        return f"Patch {words.count(transport.scan + 1)} of {last}", f"Patch {last} of {last}"
    last = str(transport.steps_planned)
    widest = f"Step {last} of {last}"
    if transport.stage:
        return words.capital(transport.stage), max(widest, transport.stage, key=len)
    return (f"Step {transport.step} of {last}", widest) if transport.steps_planned else ("", "")


def _figures(run: Run, step: int) -> tuple[str, str]:
    """PSNR at a step, and its gain over what was sent; "" without an original, or where there is none."""
    before, after = run.scores(0).psnr_rgb_db, run.scores(step).psnr_rgb_db
    if after is None:
        return "", ""
    gain = words.gain(words.difference(after, before)) if before is not None and step > 0 else ""
    return words.db(after), gain


def notes(session: Session, scene: Scene) -> NotesScene:
    """What the speaker reads. A lesson without notes of its own shows its text."""
    line = scene.caption
    now = " · ".join(part for part in (line.step, line.figure, line.gain) if part) if line is not None else ""
    lesson, course = session.lessons.lesson, session.lessons.course
    if lesson is None or course is None:
        return NotesScene(session.name, now)
    at, count = session.lessons.at, len(course.lessons)
    after = f"Next: {course.lessons[at + 1].title}" if at + 1 < count else "This is the last lesson"
    return NotesScene(f"{at + 1}/{count} · {lesson.title}", now, lesson.notes or lesson.text, after)
