"""Keys know the code: what a method is made of is in its key, what it is not made of is not."""

import subprocess
import sys

from netviz.plan import RUNNING_MODULES
from netviz.sources import closure, source_digest


def test_a_module_depends_on_all_of_netviz_that_it_imports() -> None:
    reached = closure(("netviz.methods.gradients",))
    assert {"netviz.methods.gradients", "netviz.methods.arrays", "netviz.methods", "netviz.networks"} <= reached


def test_a_network_brings_the_code_that_it_opens_late() -> None:
    assert "netviz.networks.keras_network" in closure(("netviz.networks",))


def test_results_do_not_depend_on_pages_or_figures() -> None:
    reached = closure(("netviz.methods.gradients", *RUNNING_MODULES))
    assert not {module for module in reached if module.startswith(("netviz.site", "netviz.figures", "netviz.lessons"))}


def test_figures_do_not_depend_on_networks_or_pages() -> None:
    reached = closure(("netviz.figures",))
    assert not {module for module in reached if module.startswith(("netviz.networks", "netviz.site", "netviz.methods"))}


def test_different_modules_have_different_digests() -> None:
    assert source_digest("netviz.methods.gradients") != source_digest("netviz.methods.looking")
    assert source_digest("netviz.store") == source_digest("netviz.store")


def test_finding_the_sources_imports_none_of_them() -> None:
    script = (
        "import sys; from netviz.sources import source_digest; source_digest('netviz.networks.vgg16');"
        "print('tensorflow' in sys.modules, 'netviz.networks.vgg16' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
    assert shown.split() == ["False", "False"]
