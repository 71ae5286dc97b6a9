"""Groups: what nodes stand in. Colours are those of AWS's architecture icons (https://aws.amazon.com/architecture/icons/)."""

from __future__ import annotations

from archkit.kind import Frame, Kind, prop


class Cloud(Kind, name="cloud", service="AWS Cloud"):
    """AWS itself: what is inside is in the cloud, what is outside is not."""

    frame = Frame("#242F3E", icon="aws/general/cloud")


class Account(Kind, name="account", service="AWS account"):
    """An AWS account; its nodes go into stacks of their own."""

    id: str | None = prop(None, "The account's id, 12 digits.", shape=True)

    frame = Frame("#E7157B", icon="glyph/account")


class Region(Kind, name="region", service="Region"):
    """An AWS Region; its nodes go into a stack of their own. Several codes stamp a copy for each."""

    code: str = prop(doc="Code of the Region, such as eu-west-1, or a list of codes.", shape=True)

    frame = Frame("#00A4A6", dashed=True, icon="glyph/region")
    example = "{code: us-east-1}"

    def caption(self) -> str | None:
        return self.code


class Group(Kind, name="group", service="generic group"):
    """A frame of your own: a team, a layer, a bounded context."""

    frame = Frame("#7D8998", dashed=True, title="center")


class DataCenter(Kind, name="data_center", service="corporate data centre"):
    """A corporate data centre, outside AWS."""

    frame = Frame("#7D8998", icon="aws/general/traditional-server")
    actor = True
