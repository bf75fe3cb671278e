"""The bootstrap5 pack draws what the contract says."""

from powercrud_core.testing import PackConformance


class TestBootstrap5Conformance(PackConformance):
    pack = "bootstrap5"
