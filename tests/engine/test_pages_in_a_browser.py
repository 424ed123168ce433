"""The pages that people open from disk, in a headless browser without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main as cli
from engine.io.write_image import save_png
from engine.lab.replay import Replay, write_replay
from engine.lab.settings import lane
from tests.support.browser import run_in_page
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops
from tests.support.tiny_models import save_tiny_model, textured_pixels


def test_a_replay_is_scrubbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_crops(monkeypatch)
    chosen = settings(folder_of_pictures(tmp_path / "pictures"), title="Tiny & <b>", seeds=(1, 2))
    one, replay = race(chosen, picture(0)), Replay()
    for updates in (2, 2, 2):
        for event in one.play(updates=updates):
            replay.take(event)
    path = tmp_path / "replay.html"
    write_replay(path, chosen, replay, [picture(0)])
    script = """
      const time = byId("time"), found = [];
      byId("over").value = "0";
      byId("over").dispatchEvent(new Event("change"));
      for (const place of [0, 500, 1000]) {
        time.value = place;
        time.dispatchEvent(new Event("input"));
        await loaded();
        const shown = [...document.querySelectorAll("#lanes figure")];
        found.push({
          now: byId("now").textContent,
          values: shown.map((each) => each.querySelector("figcaption span").textContent),
          wide: shown.map((each) => each.querySelector("img").naturalWidth),
          src: shown.map((each) => each.querySelector("img").src),
          cursor: document.querySelector("#curves .cursor").getAttribute("d"),
        });
      }
      byId("play").click();
      await settled();
      const playing = byId("play").textContent, before = document.documentElement.dataset.theme;
      byId("theme").click();
      return {
        found, playing, themes: [before, document.documentElement.dataset.theme],
        titles: [...document.querySelectorAll("#lanes figcaption b")].map((each) => each.textContent),
        lines: document.querySelectorAll("#curves path.line").length, title: document.title,
      };
    """
    told = run_in_page(path, script, tmp_path)
    first, middle, end = told["found"]
    assert (first["now"], middle["now"], end["now"]) == ("0 updates", "3 updates", "6 updates")
    assert all(wide > 0 for each in told["found"] for wide in each["wide"])
    assert len({each["cursor"] for each in told["found"]}) == 3
    names = [lane(text).title for text in chosen.lanes]
    assert told["titles"] == ["Original", *(f"{name}, seed {seed}" for seed in (1, 2) for name in names)]
    assert told["lines"] == 4
    last = [replay.record.points[number][-1].value for number in range(4)]
    assert [float(each.removesuffix(" dB")) for each in end["values"][1:]] == pytest.approx(last, abs=0.011)
    assert first["src"][0] == end["src"][0]  # the original stays
    assert all(a != b for a, b in zip(first["src"][1:], end["src"][1:], strict=True))
    assert told["playing"] == "Pause"
    assert told["themes"][0] != told["themes"][1]
    assert told["title"] == "Tiny & <b>"


def test_a_report_is_wiped_and_magnified(here: Path) -> None:
    save_png("picture.png", textured_pixels(50, 60))
    save_tiny_model(Path("models"), "sweep")
    asked = ["picture.png", "--quality", "20", "--decoder", "models/tiny-sweep.json", "-o", "out.html"]
    assert cli.main(["report", *asked]) == 0
    script = """
      await loaded();
      const wipe = byId("wipe"), range = byId("place"), [under, over] = wipe.querySelectorAll("img");
      const before = getComputedStyle(wipe).getPropertyValue("--at");
      range.value = 20;
      range.dispatchEvent(new Event("input"));
      const after = getComputedStyle(wipe).getPropertyValue("--at"), first = under.src;
      const left = byId("left");
      left.selectedIndex = (left.selectedIndex + 1) % left.options.length;
      left.dispatchEvent(new Event("change"));
      await loaded();
      byId("zoom").value = [...byId("zoom").options].map((each) => each.value).filter((v) => v !==
      "fit").pop(); byId("zoom").dispatchEvent(new Event("change"));
      return {
        before, after, changed: first !== under.src, shown: !byId("compare").hidden,
        wide: [...document.images].map((each) => each.naturalWidth), width:
        wipe.getBoundingClientRect().width,
      };
    """
    told = run_in_page(Path("out.html").resolve(), script, here)
    assert told["shown"]
    assert (told["before"].strip(), told["after"].strip()) == ("50%", "20%")
    assert told["changed"]
    assert len(told["wide"]) > 3
    assert min(told["wide"]) > 0
    assert told["width"] >= 2 * 60  # magnified: the picture is 60 pixels wide
