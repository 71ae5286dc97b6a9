"""What draw.io calls the shapes of AWS, for the icons and the groups of a picture.

draw.io names most shapes as AWS names services and resources. `services.txt` has those that it draws as a square in the
category's colour, `resources.txt` those that it draws as lines; both hold only what an icon here leads to.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from archkit.diagram.glyphs import SAME_AS
from archkit.diagram.icons import category_color

__all__ = ["corner", "shape"]

_LIBRARY = "mxgraph.aws4"

_NAMES = {
    "amazon_managed_grafana": "managed_service_for_grafana",
    "amazon_managed_prometheus": "managed_service_for_prometheus",
    "amazon_managed_workflows_apache_airflow": "managed_workflows_for_apache_airflow",
    "amazon_opensearch_service": "elasticsearch_service",
    "appstream_2_0": "appstream_20",
    "bedrock": "machine_learning",
    "budgets": "budgets_2",
    "business_applications": "business_application",
    "certificate_authority": "certificate_manager_3",
    "certificate_manager": "certificate_manager_3",
    "cloudsearch": "cloudsearch2",
    "cloudwatch": "cloudwatch_2",
    "documentdb_mongodb_compatibility": "documentdb_with_mongodb_compatibility",
    "dynamodb_streams": "dynamodb_stream",
    "ec2_auto_scaling": "auto_scaling2",
    "ec2_container_registry": "ecr",
    "elastic_block_store_ebs": "elastic_block_store",
    "elastic_container_service": "ecs",
    "elastic_container_service_container": "container_1",
    "elastic_container_service_service": "ecs_service",
    "elastic_container_service_task": "ecs_task",
    "elastic_file_system_efs": "elastic_file_system",
    "elastic_inference": "elastic_inference_2",
    "elastic_kubernetes_service": "eks",
    "eventbridge_pipes": "eventbridge",
    "eventbridge_scheduler": "eventbridge",
    "express_workflows": "express_workflow",
    "generic_office_building": "office_building",
    "identity_and_access_management_iam": "identity_and_access_management",
    "identity_and_access_management_iam_aws_sts": "sts",
    "identity_and_access_management_iam_role": "role",
    "iot_1_click": "iot_1click",
    "iot_bicycle": "bycicle",
    "keyspaces_managed_apache_cassandra_service": "keyspaces",
    "managed_microsoft_ad": "managed_ms_ad",
    "nacl": "network_access_control_list",
    "privatelink": "vpc_privatelink",
    "quantum_ledger_database_qldb": "quantum_ledger_database",
    "rekognition": "rekognition_2",
    "s3_access_points": "general_access_points",
    "sagemaker_training_job": "sagemaker_train",
    "shield_advanced": "shield_shield_advanced",
    "simple_email_service_ses": "simple_email_service",
    "simple_email_service_ses_email": "email",
    "simple_notification_service_sns": "sns",
    "simple_queue_service_sqs": "sqs",
    "simple_storage_service_s3": "s3",
    "systems_manager_app_config": "app_config",
    "vpc_peering": "peering",
    "x_ray": "xray",
}
"""Icons whose names say something else than draw.io does."""

_GLYPHS = {
    "glyph/building": "office_building",
    "glyph/client": "client",
    "glyph/copilot": "ecs_copilot_cli",
    "glyph/gateway-load-balancer": "gateway_load_balancer",
    "glyph/internet": "internet_alt2",
    "glyph/mobile": "mobile_client",
    "glyph/server": "traditional_server",
    "glyph/user": "user",
    "glyph/users": "users",
}

_CORNERS = {
    "glyph/account": "group_account",
    "glyph/auto-scaling": "group_auto_scaling_group",
    "glyph/cloud": "group_aws_cloud_alt",
    "glyph/data-center": "group_corporate_data_center",
    "glyph/building": "group_corporate_data_center",
    "glyph/region": "group_region",
    "glyph/server": "group_on_premise",
    "glyph/subnet": "group_security_group",
    "glyph/vpc": "group_vpc",
}


def shape(icon: str, ink: str) -> str | None:
    """Return the style that draws an icon, people and machines in a colour `ink`; None where draw.io has none."""
    glyph = SAME_AS.get(icon, icon)
    if glyph in _GLYPHS:
        return f"shape={_LIBRARY}.{_GLYPHS[glyph]};fillColor={ink};strokeColor=none;"
    name = _name(icon)
    if name is None:
        return None
    color = category_color(icon)
    if name in _listed("services"):
        return f"shape={_LIBRARY}.resourceIcon;resIcon={_LIBRARY}.{name};fillColor={color};strokeColor=#ffffff;"
    return f"shape={_LIBRARY}.{name};fillColor={color};strokeColor=none;"


def corner(icon: str | None) -> str | None:
    """Return the full name of the shape that stands in a group's corner; None where draw.io has none."""
    if icon is None:
        return None
    name = _CORNERS.get(SAME_AS.get(icon, icon)) or _name(icon)
    return f"{_LIBRARY}.{name}" if name else None


def _name(icon: str) -> str | None:
    """Return draw.io's name: that of the icon, or of the resource alone (`table` for `dynamodb-table`)."""
    if not icon.startswith("aws/"):
        return None
    last = icon.rpartition("/")[2].replace("-", "_").removesuffix("_rounded").removesuffix("_primary_bg")
    known = _listed("services") | _listed("resources")
    words = _NAMES.get(last, last).removesuffix("_resource").split("_")
    names = (last, *("_".join(words[first:]) for first in range(len(words))))
    return next((name for name in names if name in known), None)


@cache
def _listed(what: str) -> frozenset[str]:
    return frozenset(files("archkit.diagram.drawio").joinpath(f"{what}.txt").read_text("utf-8").split())
