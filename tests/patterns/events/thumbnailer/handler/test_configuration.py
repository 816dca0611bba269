"""Each setting is read, and a wrong one named."""

from dataclasses import replace

import pytest

from tests.patterns.events.thumbnailer.handler.claims import SETTINGS, Modules


def test_every_setting_is_read(modules: Modules) -> None:
    configuration = modules("configuration")
    environment = {**SETTINGS, "SOURCE_SUFFIXES": ".png,,.jpg", "WIDTHS": " 4096, 1 "}
    assert configuration.Configuration.from_environment(environment) == configuration.Configuration(
        destination_bucket="destination",
        table_name="records",
        widths=(1, 4096),
        output=modules("images").FORMATS["PNG"],
        quality=70,
        source_prefix="in/",
        source_suffixes=(".png", ".jpg"),
        destination_prefix="small/",
        max_bytes=5000,
        max_pixels=9000,
    )


@pytest.mark.parametrize("quality", ["1", "100"])
@pytest.mark.parametrize("widths", ["1", "1,2,3,4,5,6,7,8", "4096"])
def test_limits_themselves_are_allowed(modules: Modules, quality: str, widths: str) -> None:
    environment = {**SETTINGS, "QUALITY": quality, "WIDTHS": widths, "MAX_BYTES": "1", "MAX_PIXELS": "1"}
    found = modules("configuration").Configuration.from_environment(environment)
    assert (found.quality, found.widths) == (int(quality), tuple(map(int, widths.split(","))))
    assert (found.max_bytes, found.max_pixels) == (1, 1)


WIDE = "WIDTHS must be 1 to 8 different whole numbers between 1 and 4096, got "


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *(
            ({"WIDTHS": one}, f"{WIDE}{one!r}")
            for one in ("4097", "0", "1,2,3,4,5,6,7,8,9", "5, 5", ",", "\u00b2", "1,x")
        ),
        ({"QUALITY": "0"}, "QUALITY must be a whole number, 1 to 100, got '0'"),
        ({"QUALITY": "101"}, "QUALITY must be a whole number, 1 to 100, got '101'"),
        ({"QUALITY": "\u00b2"}, "QUALITY must be a whole number, 1 to 100, got '\u00b2'"),
        ({"QUALITY": "\u0661"}, "QUALITY must be a whole number, 1 to 100, got '\u0661'"),
        ({"MAX_BYTES": "0"}, "MAX_BYTES must be a whole number, 1 or more, got '0'"),
        ({"MAX_PIXELS": ""}, "MAX_PIXELS must be a whole number, 1 or more, got ''"),
        ({"FORMAT": "png"}, "FORMAT must be one of JPEG, PNG, WEBP, AVIF, got 'png'"),
        ({"TABLE_NAME": ""}, "TABLE_NAME must be set"),
    ],
)
def test_a_wrong_setting_is_named(modules: Modules, settings: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        modules("configuration").Configuration.from_environment(SETTINGS | settings)
    assert str(caught.value) == message


@pytest.mark.parametrize("missing", ["DESTINATION_BUCKET", "TABLE_NAME", "WIDTHS", "POWERTOOLS_SERVICE_NAME"])
def test_a_setting_that_is_missing_is_named(modules: Modules, missing: str) -> None:
    environment = {name: value for name, value in SETTINGS.items() if name != missing}
    with pytest.raises(ValueError, match=f"^{missing} must be set$"):
        modules("configuration").Configuration.from_environment(environment)


def test_defaults_accept_every_image_but_thumbnails(modules: Modules) -> None:
    names = ("DESTINATION_BUCKET", "TABLE_NAME", "WIDTHS", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")
    configuration = modules("configuration").Configuration
    found = configuration.from_environment({name: SETTINGS[name] for name in names})
    assert found == configuration(
        destination_bucket="destination",
        table_name="records",
        widths=(8, 16),
        output=modules("images").FORMATS["JPEG"],
        quality=85,
        source_prefix="",
        source_suffixes=(),
        destination_prefix="",
        max_bytes=104857600,
        max_pixels=100000000,
    )
    assert [found.accepts(*one) for one in (("source", "a"), ("source", "a/"), ("destination", "a"))] == [
        True,
        False,
        False,
    ]
    prefixed = replace(found, destination_prefix="small/", source_suffixes=(".png",))
    assert prefixed.accepts("destination", "a.png")
    assert not prefixed.accepts("destination", "a.gif")


def test_formats_are_told_with_their_types(modules: Modules) -> None:
    found = {
        (name, one.name, one.extension, one.content_type, one.alpha) for name, one in modules("images").FORMATS.items()
    }
    assert found == {
        ("JPEG", "JPEG", "jpg", "image/jpeg", False),
        ("PNG", "PNG", "png", "image/png", True),
        ("WEBP", "WEBP", "webp", "image/webp", True),
        ("AVIF", "AVIF", "avif", "image/avif", True),
    }
