"""The plain pack draws what the contract says."""

from powercrud_core.testing import PackConformance


class TestPlainConformance(PackConformance):
    pack = "plain"
