"""Made-up facts of the codecs view."""

from __future__ import annotations

from dataclasses import replace

from engine.models.card import ModelCard
from engine.rates.survey import OperatingPoint
from engine.types import Coded, DecodeOptions, EncodeOptions, Picture, Refinement, RefineRequest, Scores, Step
from tests.support.viewer_engine import card, picture
from viewer.model.facts.facts import Facts
from viewer.model.facts.rate_distortion import CurveFacts, EqualFacts, Mean, RatesFacts, RatesSent
from viewer.model.facts.run import Run
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.state import Options, Session

SWEEP = replace(card("sweep", "sweep"), codecs=("jpeg",))

FOR_E2E = replace(card("sweep-e2e", "sweep"), codecs=("e2e", "goog"))

CARDS: tuple[ModelCard, ...] = (SWEEP, FOR_E2E)

PHOTO = picture(64, 96)


def opened(page: RatesPage = RatesPage.CURVES, shown: Picture | None = PHOTO, **changes: object) -> Session:
    state = Session(models=CARDS, picture=shown, options=Options(decoder="sweep"))
    state = r.open_rates(state, page)
    return replace(state, rates=replace(state.rates, **changes))  # type: ignore[arg-type]


def coded(codec: str, rate: float, quality: int | None = None, shown: Picture = PHOTO) -> Coded:
    length = round(rate * shown.height * shown.width / 8)
    return Coded(codec, bytes(length), shown.pixels, 1.0, quality)


def sent(codec: str, rate: float, db: float, quality: int | None = None) -> RatesSent:
    return RatesSent(coded(codec, rate, quality), Scores(psnr_rgb_db=db, ms_ssim=0.9 + db / 1000))


def run(rate: float = 0.5, codec: str = "jpeg", steps: int = 2, shown: Picture = PHOTO) -> Run:
    made = tuple(
        Step(k, shown.pixels, Scores(psnr_rgb_db=30.0 + k, ms_ssim=0.95 + k / 100), 0.1 * k)
        for k in range(steps + 1)
    )
    request = RefineRequest(shown.name, codec, EncodeOptions(quality=15), "sweep", DecodeOptions())
    return Run(Refinement(request, coded(codec, rate, 15, shown), shown, made, steps, finished=True))


def point(codec: str, quality: int, rate: float, db: float, refined: float | None = None) -> OperatingPoint:
    after = Scores(psnr_rgb_db=refined, ms_ssim=0.97) if refined is not None else None
    return OperatingPoint(
        codec, quality, rate, Scores(psnr_rgb_db=db, ms_ssim=0.95), after, "sweep" if after else ""
    )


POINTS = {
    "jpeg": {10: point("jpeg", 10, 0.4, 28.0, 29.0), 30: point("jpeg", 30, 1.0, 33.0, 33.5)},
    "webp": {20: point("webp", 20, 0.6, 32.0), 5: point("webp", 5, 0.3, 30.0)},
}

CURVES = CurveFacts("name", POINTS)


def facts(curves: CurveFacts = CURVES, equal: EqualFacts | None = None, **changes: object) -> Facts:
    known = RatesFacts(curves, equal or EqualFacts(), Mean())
    made = Facts(run=run(), rates=known)
    return replace(made, **changes)  # type: ignore[arg-type]


# ---- equal rate --------------------------------------------------------------------------------------------

EQUAL = EqualFacts(
    0.5,
    {
        "jpeg": sent("jpeg", 0.5, 30.0, 15),
        "goog": sent("goog", 0.44, 26.0, 4),
        "e2e": sent("e2e", 0.505, 32.0, 20),
    },
)
