"""Smaller drafts than netviz's own, for tests that look at how the real course's pages are made and at no number.

A file for ``--methods``, so that they are declared as an author declares them. Whatever the course asks is still run,
but for tests of maps that take a gradient or several each: those are of the plain gradient, or of none. What may be put
to these tests is shown in test_randomisation.py, and VGG16's gradient while its weights become random, too.
"""

from __future__ import annotations

from netviz.methods.drafts import declare_draft

declare_draft("activation-maximisation", steps=1)
declare_draft("cascading-randomisation", of_method="eigen-cam", samples=2)
declare_draft("class-test", of_method="gradient", samples=2)
declare_draft("deep-dream", octaves=2, steps=1)
declare_draft("deletion", steps=4)
declare_draft("explanations-by-depth", networks=2)
declare_draft("fgsm", points=1, closeness=8)
declare_draft("finite-differences", directions=1)
declare_draft("gradient-norms", classes=2)
declare_draft("insertion", steps=4)
declare_draft("integrated-gradients", steps=2, max_steps=2)
declare_draft("integrated-path", steps=2)
declare_draft("inversion", steps=1)
declare_draft("kernel-shap", samples=18)
declare_draft("lime", samples=8)
declare_draft("lime-spread", samples=16)
declare_draft("nudge", steps=1)
declare_draft("occlusion", patch=64, stride=64)
declare_draft("pgd", steps=1, closeness=8)
declare_draft("regularisers-one-by-one", steps=1)
declare_draft("rise", samples=4)
declare_draft("score-cam", channels=4)
declare_draft("simpler-model", networks=2)
declare_draft("single-values", values=1)
declare_draft("smoothgrad", samples=1)
declare_draft("smoothgrad-squared", samples=1)
declare_draft("spread-over-baselines", steps=2)
declare_draft("spread-over-seeds", samples=2, seeds=2)
declare_draft("ten-views", of_method="eigen-cam")
declare_draft("train-classifier", steps=20)
declare_draft("train-from-starts", steps=20)
declare_draft("vargrad", samples=2)
declare_draft("whole-and-parts", count=2)
