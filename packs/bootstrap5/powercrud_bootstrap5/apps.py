"""The Bootstrap 5 pack's declaration."""

from powercrud_core.packs import PackConfig, TemplatePack


class Bootstrap5Config(PackConfig):
    """Bootstrap 5.3, vendored, with automatic dark; a small stylesheet for what it lacks."""

    name = "powercrud_bootstrap5"
    verbose_name = "PowerCRUD Bootstrap 5 pack"
    pack = TemplatePack(
        name="bootstrap5",
        contract=1,
        level="accessible",
        crispy="bootstrap5",
        css=("powercrud_bootstrap5/bootstrap.min.css", "powercrud_bootstrap5/powercrud.css"),
    )
