"""The daisyui pack draws what the contract says."""

from powercrud_core.testing import PackConformance


class TestDaisyuiConformance(PackConformance):
    pack = "daisyui"
