"""An odd pack: cards and definition lists, actions before content, no icons, other headings."""

from powercrud_core.packs import PackConfig, TemplatePack


class OddConfig(PackConfig):
    """Shows how much a pack may decide: what means the same may look and stand otherwise."""

    name = "powercrud_odd"
    pack = TemplatePack(name="odd", contract=1, level="core")
