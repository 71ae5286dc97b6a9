"""Icons that a user installs: found by rule, taken from any kind of package, and refused from a hostile one."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

import archkit
from archkit import catalog
from archkit.diagnostics import Report
from archkit.diagram import icons, render
from archkit.diagram.iconset import archive, names, store
from archkit.diagram.iconset.archive import BadSource
from archkit.diagram.iconset.names import Index, chosen, identify
from tests.diagram.assets import PACKAGE, folder, icon, tgz, zipped
from tests.environments import AWS_ICONS, needed

BLUEPRINT = """\
name: shop
nodes:
  people: users
  jobs: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: src}
  flow: {kind: "AWS::AppFlow::Flow", properties: {}}
edges: [people -> jobs: flow, jobs -> work, work -> flow: flow]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where icons are installed in this test."""
    monkeypatch.setenv("ARCHKIT_ICONS", str(tmp_path / "place"))
    return tmp_path / "place"


def drawn(style: str = "installed", text: str = BLUEPRINT) -> str:
    architecture = archkit.load("shop.yaml", text=text).architecture
    assert architecture is not None
    return render(architecture, icons=style).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("A/Arch_Compute/48/Arch_AWS-Lambda_48.svg", "service:lambda"),
        ("A/Arch_Amazon-Simple-Queue-Service_64.svg", "service:simplequeueservice"),
        ("R/Res_Amazon-EC2_Instance_48.svg", "resource:ec2instance"),
        ("R/Res_48_Light/Res_Users_48_Light.svg", "resource:users"),
        ("C/Arch-Category_Storage_48.svg", "category:storage"),
        ("Architecture-Group-Icons_1/AWS-Cloud_32_Dark.svg", "group:cloud"),
        ("Architecture-Group-Icons_1/Virtual-private-cloud-VPC_32.svg", "group:virtualprivatecloudvpc"),
        ("aws-icons/icons/architecture-service/AmazonSimpleQueueService.svg", "service:simplequeueservice"),
        ("aws-icons/icons/resource/AWSTransferFamilyAWSAS2.svg", "resource:transferfamilyas2"),
        ("aws-icons/icons/architecture-group/AWSCloudDark.svg", "group:cloud"),
        ("aws-icons/icons/architecture-service/AWSIdentityandAccessManagement.svg", "service:identityaccessmanagement"),
        ("A/Arch_AWS-Lambda_48.png", None),
        ("__MACOSX/A/._Arch_AWS-Lambda_48.svg", None),
        ("logo.svg", None),
    ],
)
def test_a_file_is_known_by_its_name(path: str, id: str | None) -> None:
    name = identify(path)
    assert (name.id if name else None) == id


def test_48_px_for_light_paper_is_chosen() -> None:
    best = {id: path.rpartition("/")[2] for id, (_, path) in chosen(PACKAGE).items()}
    assert best["service:lambda"] == "Arch_AWS-Lambda_48.svg"
    assert best["service:simplequeueservice"] == "Arch_Amazon-Simple-Queue-Service_64.svg"
    assert best["resource:users"] == "Res_Users_48_Light.svg"
    assert best["group:cloud"] == "AWS-Cloud_32.svg"
    dark = "Architecture-Group-Icons_1/AWS-Cloud_32_Dark.svg"
    assert chosen([dark])["group:cloud"][1] == dark, "better than none"


@pytest.mark.parametrize(
    ("icon", "id"),
    [
        ("aws/integration/simple-queue-service-sqs", "service:simplequeueservice"),
        ("aws/storage/simple-storage-service-s3", "service:simplestorageservice"),
        ("aws/storage/elastic-file-system-efs", "service:efs"),
        ("aws/engagement/simple-email-service-ses-email", "resource:simpleemailserviceemail"),
        ("aws/security/identity-and-access-management-iam-role", "resource:identityaccessmanagementrole"),
        ("aws/network/elb-application-load-balancer", "resource:elasticloadbalancingapplicationloadbalancer"),
        ("aws/integration/eventbridge-rule", "resource:eventbridgerule"),
        ("aws/integration/eventbridge-unheard-of", "service:eventbridge"),
        ("aws/analytics/glue-crawlers", "resource:gluecrawler"),
        ("aws/network/internet-gateway", "resource:vpcinternetgateway"),
        ("service/SQS", "service:simplequeueservice"),
        ("service/Amazon Simple Queue Service", "service:simplequeueservice"),
        ("service/S3", "service:simplestorageservice"),
        ("service/EventBridge", "service:eventbridge"),
        ("service/Nothing", None),
        ("aws/compute/", None),
        ("", None),
        ("onprem/vcs/lambda", None),
    ],
)
def test_an_icon_is_found_by_rule(icon: str, id: str | None) -> None:
    files = [
        "Arch_Amazon-Simple-Queue-Service_48", "Arch_Amazon-Simple-Storage-Service_48", "Arch_Amazon-EFS_48",
        "Arch_Amazon-Simple-Email-Service_48", "Arch_AWS-Identity-and-Access-Management_48",
        "Arch_Elastic-Load-Balancing_48", "Arch_Amazon-EventBridge_48", "Arch_AWS-Glue_48", "Arch_AWS-Lambda_48",
        "Arch_Amazon-Virtual-Private-Cloud_48", "Res_Amazon-Simple-Email-Service_Email_48", "Res_AWS-Glue_Crawler_48",
        "Res_AWS-Identity-Access-Management_Role_48", "Res_Amazon-VPC_Internet-Gateway_48",
        "Res_Elastic-Load-Balancing_Application-Load-Balancer_48", "Res_Amazon-EventBridge_Rule_48",
    ]  # fmt: skip
    known = chosen(f"{name}.svg" for name in files)
    assert Index({id: name.text for id, (name, _) in known.items()}).find(icon) == id


def test_the_icons_of_npm_serve_nearly_every_kind_of_aws(place: Path) -> None:
    found, refused = store.install(needed(AWS_ICONS))
    assert len(found.icons) > 800 and not refused
    ours = {kind.name: (kind.frame.icon if kind.frame else None) or kind.icon for kind in catalog.all_kinds()}
    foreign = {name for name, icon in ours.items() if not icon.startswith(("aws/", "glyph/"))} | {"bitbucket"}
    without = {name for name, icon in ours.items() if found.index.find(icon) is None} - foreign
    print(f"{len(ours) - len(foreign) - len(without)} of {len(ours) - len(foreign)} kinds have an icon, not: {without}")
    assert without <= {"app2container", "copilot", "qldb.ledger"}, "AWS has none of them any more"


def test_the_names_of_the_package_serve_as_well(place: Path, tmp_path: Path) -> None:
    """npm's icons tell in their titles what AWS's package calls them; a few, of late, have none."""
    root = needed(AWS_ICONS) / "icons"
    texts = {path: path.read_text("utf-8") for path in sorted(root.rglob("*.svg"))}
    titles = {path: re.search("<title>Icon-(.*?)</title>", text) for path, text in texts.items()}
    folders = {"Architecture": "Architecture-Service-Icons_01302026/Arch_Any/48", "Resource": "Resource-Icons_01302026",
               "Architecture-Group": "Architecture-Group-Icons_01302026"}  # fmt: skip
    files = {
        f"{folders[where]}/{title[1].rpartition('/')[2]}.svg": texts[path].encode()
        for path, title in titles.items()
        if title is not None and (where := title[1].partition("/")[0]) in folders
    }
    assert len(files) > 700
    found, _ = store.install(zipped(tmp_path / "Asset-Package.zip", files))
    paths = {icon for kind in catalog.all_kinds() if (icon := kind.frame.icon if kind.frame else kind.icon)}
    packaged = {path: found.index.find(path) for path in paths}
    by_npm, _ = store.install(root)
    differing = {path: id for path, id in packaged.items() if by_npm.index.find(path) != id}
    assert differing.keys() <= {"aws/network/api-gateway", "aws/analytics/kinesis-data-firehose"}, (
        "named anew, or untitled"
    )


def test_the_table_holds_what_no_rule_finds(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = store.install(needed(AWS_ICONS))
    table = names._EXCEPTIONS
    assert not {id for id in table.values() if id not in found.icons}
    monkeypatch.setattr(names, "_EXCEPTIONS", {})
    bare = Index({id: name for id, (name, _) in found.icons.items()})
    assert not {path for path, id in table.items() if bare.find(path) == id}


@pytest.mark.parametrize("form", ["zip", "folder", "tgz"])
def test_every_form_of_a_package_gives_the_same(form: str, place: Path, tmp_path: Path) -> None:
    made = {"zip": zipped, "folder": folder, "tgz": tgz}[form](tmp_path / f"Package.{form}", PACKAGE)
    found, refused = store.install(made)
    assert sorted(found.icons) == [
        "category:compute", "group:cloud", "group:region", "resource:ec2instance", "resource:users", "service:appflow",
        "service:lambda", "service:simplequeueservice", "service:simplestorageservice",
    ]  # fmt: skip
    assert not refused and found == store.installed() and found.source == f"Package.{form}"
    assert [path.name for path in place.iterdir()] == ["icons.json"]


def test_installed_icons_are_drawn_and_others_as_before(place: Path, tmp_path: Path) -> None:
    store.install(zipped(tmp_path / "a.zip", PACKAGE))
    svg = drawn()
    ElementTree.fromstring(svg)
    for color in ("#000048", "#E7157B", "#A00F10"):
        assert svg.count(f'fill="{color}"') == 1
    assert "#232F3D" not in svg and "use.solid" in svg and svg.count("<symbol") == 5
    assert "\0" not in svg and not re.search(r'(href|src)="(?!#|data:)', svg)
    assert drawn("flat").count("data:image/png") == 2, "the queue's and the function's"


def test_an_unknown_service_has_a_plain_icon_and_one_warning() -> None:
    twice = BLUEPRINT.replace("edges:", '  more: {kind: "AWS::AppFlow::Flow"}\nedges:')
    architecture, report = archkit.load("shop.yaml", text=twice).architecture, Report()
    assert architecture is not None
    render(architecture, report=report)
    assert [found.message for found in report] == ["there is no icon for AppFlow; a plain one is drawn"]


def test_pictures_are_the_same_for_everybody_unless_asked(place: Path, tmp_path: Path) -> None:
    before = archkit.load("shop.yaml", text=BLUEPRINT).architecture
    assert before is not None
    flat = drawn("flat")
    store.install(zipped(tmp_path / "a.zip", PACKAGE))
    assert render(before).decode() == flat != drawn()
    assert drawn() == drawn()


def test_asked_for_and_not_there(place: Path) -> None:
    with pytest.raises(icons.NoIcons, match="archkit icons install"):
        drawn()


def test_classic_icons_are_those_of_diagrams() -> None:
    spec = find_spec("diagrams")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parents[1] / "resources/aws/integration/simple-queue-service-sqs.png"
    assert base64.b64encode(path.read_bytes()).decode() in drawn("classic")


HOSTILE: dict[str, Mapping[str, bytes]] = {
    "leads out": {**PACKAGE, "../../etc/Arch_X_48.svg": icon()},
    "leads out backwards": {**PACKAGE, "..\\..\\Arch_X_48.svg": icon()},
    "absolute": {**PACKAGE, "/etc/Arch_X_48.svg": icon()},
    "drive": {**PACKAGE, "C:/Arch_X_48.svg": icon()},
    "nothing": {"readme.txt": b"", "logo.svg": icon()},
    "only harm": {"Arch_X_48.svg": icon(head="<!DOCTYPE svg>")},
}


@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("form", [zipped, tgz])
def test_a_hostile_archive_is_refused_and_changes_nothing(form: object, name: str, place: Path, tmp_path: Path) -> None:
    store.install(zipped(tmp_path / "good.zip", PACKAGE))
    before = (place / "icons.json").read_bytes()
    source = form(tmp_path / "bad", HOSTILE[name])  # type: ignore[operator]
    with pytest.raises(BadSource):
        store.install(source)
    assert (place / "icons.json").read_bytes() == before
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"good.zip", "bad", "icons.json"}


def test_one_bad_icon_is_left_out_with_its_reason(place: Path, tmp_path: Path) -> None:
    found, refused = store.install(zipped(tmp_path / "a.zip", {**PACKAGE, "Arch_Amazon-X_48.svg": b"<svg"}))
    assert list(refused) == ["Arch_Amazon-X_48.svg"] and "well-formed" in refused["Arch_Amazon-X_48.svg"]
    assert "service:lambda" in found.icons and "service:x" not in found.icons


def test_an_icon_that_unpacks_to_gigabytes_costs_nothing(place: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open("Arch_Amazon-X_48.svg", "w", force_zip64=True) as stream:
            for _ in range(200):
                stream.write(bytes(1 << 20))
        made.writestr("Arch_AWS-Lambda_48.svg", icon())
    assert path.stat().st_size < 1 << 20
    _, refused = store.install(path)
    assert refused == {"Arch_Amazon-X_48.svg": "it has more than 64 KB"}


def test_limits_hold(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(tmp_path / "many.zip", {f"{n}.txt": b"" for n in range(20)})
    big = tgz(tmp_path / "big.tgz", {"a.bin": bytes(1 << 20), "Arch_X_48.svg": icon()})
    monkeypatch.setattr(archive, "MOST_FILES", 10)
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 18)
    for source, reason in ((many, "more than 10 files"), (big, "unpacks to more than 0 MB")):
        with pytest.raises(BadSource, match=reason):
            store.install(source)
    monkeypatch.setattr(store, "MOST_BYTES", 100)
    with pytest.raises(BadSource, match="its icons have more"):
        store.install(folder(tmp_path / "p", {"Arch_X_48.svg": icon()}))


def test_links_are_not_followed(place: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_bytes(icon("#5EC8E7"))
    source = folder(tmp_path / "p", {"Arch_AWS-Lambda_48.svg": icon()})
    (source / "Arch_Amazon-X_48.svg").symlink_to(secret)
    assert list(store.install(source)[0].icons) == ["service:lambda"]
    packed = tgz(tmp_path / "a.tgz", {"Arch_AWS-Lambda_48.svg": icon()}, ("Arch_Amazon-X_48.svg", str(secret)))
    assert list(store.install(packed)[0].icons) == ["service:lambda"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"text"])
def test_a_damaged_archive_is_refused(damage: bytes, place: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(damage)
    with pytest.raises(BadSource):
        store.install(tmp_path / "a.zip")


@pytest.mark.parametrize("size", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("form", [zipped, tgz])
def test_a_cut_archive_is_refused(form: object, size: float, place: Path, tmp_path: Path) -> None:
    whole = form(tmp_path / "a", PACKAGE).read_bytes()  # type: ignore[operator]
    (tmp_path / "b").write_bytes(whole[: int(len(whole) * size)])
    with pytest.raises(BadSource):
        store.install(tmp_path / "b")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 9, "icons": {}}',
                                     '{"format": 1, "source": "a", "icons": {"service:x": "no pair"}}'])  # fmt: skip
def test_a_damaged_set_is_none(content: str, place: Path) -> None:
    place.mkdir()
    (place / "icons.json").write_text(content)
    assert store.installed() is None


def test_installing_twice_gives_the_same_bytes(place: Path, tmp_path: Path) -> None:
    first = zipped(tmp_path / "a.zip", PACKAGE)
    store.install(first)
    before = (place / "icons.json").read_bytes()
    store.install(zipped(tmp_path / "a.zip", dict(reversed(PACKAGE.items()))))
    assert (place / "icons.json").read_bytes() == before
    assert json.loads(before)["source"] == "a.zip"


@pytest.mark.parametrize(
    ("system", "names", "where"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/archkit"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/d"}, "/d/archkit"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/archkit"),
        ("win32", {"HOME": "/h", "LOCALAPPDATA": "/l"}, "/l/archkit"),
        ("linux", {"HOME": "/h", "ARCHKIT_ICONS": "/i"}, "/i"),
    ],
)
def test_the_folder_follows_the_system(
    system: str, names: dict[str, str], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "ARCHKIT_ICONS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(store.sys, "platform", system)
    assert store.folder() == Path(where)
