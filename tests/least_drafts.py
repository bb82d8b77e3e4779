"""Smaller drafts than netviz's own, for tests that look at how the real course's pages are made and at no number.

A file for ``--methods``, so that they are declared as an author declares them. Whatever the course asks is still run,
but for tests of maps that take passes of their own: those are of a map that takes none. What may be put to these tests
is shown in test_randomisation.py and test_movements.py, and VGG16's gradient while its weights become random, too.
Where readers choose among seeds, or sizes of noise or of a step, each choice gives the same; a gallery has two photos,
the fewest of which there is anything to count.
"""

from __future__ import annotations

from netviz.course import drafting
from netviz.methods.drafts import declare_draft

drafting.PHOTOS = 2

declare_draft("activation-maximisation", steps=1)
declare_draft("calibration", seed=1)
declare_draft("cascading-randomisation", of_method="random-map", samples=2)
declare_draft("class-test", of_method="random-map", samples=2)
declare_draft("column-contributions", seed=1)
declare_draft("deep-dream", octaves=2, steps=1)
declare_draft("deletion", steps=4)
declare_draft("explanations-by-depth", networks=2)
declare_draft("fgsm", points=1, closeness=8)
declare_draft("finite-differences", directions=1, step=1e-6)
declare_draft("gradient-norms", classes=2)
declare_draft("gradient-reach", seed=1)
declare_draft("insertion", steps=4)
declare_draft("integrated-gradients", steps=2, max_steps=2)
declare_draft("integrated-path", steps=2)
declare_draft("inversion", steps=1)
declare_draft("kernel-shap", samples=18)
declare_draft("leaking-column", seed=1)
declare_draft("lime", samples=8)
declare_draft("lime-spread", samples=16)
declare_draft("models-compared", seed=1)
declare_draft("nudge", steps=1)
declare_draft("occlusion", patch=64, stride=64)
declare_draft("pgd", steps=1, closeness=8)
declare_draft("readers-compared", seed=1)
declare_draft("reasons-by-seed", seed=1)
declare_draft("regularisers-one-by-one", steps=1)
declare_draft("rise", samples=4)
declare_draft("score-cam", channels=4)
declare_draft("several-samples", seed=1)
declare_draft("shuffled-columns", seed=1)
declare_draft("simpler-model", networks=2)
declare_draft("single-values", values=1)
declare_draft("smoothgrad", samples=1, noise=0.15)
declare_draft("smoothgrad-squared", samples=1)
declare_draft("spread-over-baselines", steps=2)
declare_draft("spread-over-seeds", samples=2, seeds=2)
declare_draft("ten-views", of_method="random-map")
declare_draft("train-classifier", steps=20, seed=0)
declare_draft("train-from-starts", steps=20)
declare_draft("vargrad", samples=2)
declare_draft("whole-and-parts", count=2)
