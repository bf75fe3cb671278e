import pytest
from django.apps import apps
from django.test import override_settings

from powercrud_core.components import Component, Renderer
from powercrud_core.conf import get_conf
from powercrud_core.exceptions import ComponentNotFound, PackNotFound
from powercrud_core.packs import PackConfig, TemplatePack, get_pack, installed_packs


class TestGetPack:
    def test_the_setting_chooses(self):
        assert "plain" == get_pack().pack.name

    @override_settings(POWERCRUD_TEMPLATE_PACK="plian")
    def test_an_unknown_name_is_told_with_the_nearest(self):
        with pytest.raises(
            PackNotFound, match=r"'plian'\. Did you mean 'plain'\? Installed packs:"
        ):
            get_pack()

    @override_settings(POWERCRUD_TEMPLATE_PACK="")
    def test_several_packs_want_a_choice(self):
        if len(installed_packs()) == 1:
            assert "plain" == get_pack().pack.name
        else:
            with pytest.raises(PackNotFound, match="No template pack is chosen"):
                get_pack()


class TestPackConfig:
    def test_a_pack_is_found_by_its_bare_app_name(self):
        """
        PackConfig itself is imported into a pack's apps.py; two classes there would leave Django
        without a default.
        """
        config = apps.get_app_config("powercrud_plain")

        assert isinstance(config, PackConfig) and type(config) is not PackConfig

    def test_templates_are_looked_for_in_the_project_the_pack_and_its_parents(self):
        plain = apps.get_app_config("powercrud_plain")

        class Child(PackConfig):
            name = "tests.library"
            pack = TemplatePack(name="child", contract=1, extends="plain")

        child = Child("powercrud_child", plain.module)
        child.name = "powercrud_child"

        assert [
            "cotton/powercrud/row.html",
            "cotton/powercrud_child/row.html",
            "cotton/powercrud_plain/row.html",
        ] == child.template_names("row")
        assert "powercrud_plain/base.html" == child.base_template
        assert "row.html" in child.component_templates("row")[0].name

    def test_a_component_that_nobody_draws_is_told(self):
        with pytest.raises(ComponentNotFound, match=r"component 'rwo'\. Did you mean 'row'\?"):
            get_pack().component_templates("rwo")


class TestComponent:
    def test_its_name_is_its_class_name(self):
        assert "filter_form" in Component.registry

    def test_a_component_prints_itself(self):
        from powercrud_core.attrs import Attrs
        from powercrud_core.packs.contract import Message

        message = Message(
            renderer=Renderer(get_pack("plain")), attrs=Attrs({"id": "m"}), text="<b>"
        )

        assert 'id="m"' in str(message) and "&lt;b&gt;" in str(message)


class TestConf:
    @override_settings(POWERCRUD_CHOICES_LIMIT=5, POWERCRUD_PAGE_SIZES=[10, 20])
    def test_settings_are_read_again_when_they_change(self):
        assert (5, (10, 20)) == (get_conf().choices_limit, get_conf().page_sizes)
