"""The parameters of a blueprint: typed as CloudFormation types them, each default held against its bounds."""

from __future__ import annotations

import re

from archkit.architecture import Parameter
from archkit.diagnostics import Report, did_you_mean, listing
from archkit.reading import read_record
from archkit.schema import Record, prop
from archkit.source import Mapping, Scalar, Tree

__all__ = ["TYPES", "ParameterForm", "is_list", "read_parameters"]

_NAMED = ("AWS::EC2::AvailabilityZone::Name", "AWS::EC2::Image::Id", "AWS::EC2::Instance::Id",
          "AWS::EC2::SecurityGroup::GroupName", "AWS::EC2::SecurityGroup::Id", "AWS::EC2::Subnet::Id",
          "AWS::EC2::Volume::Id", "AWS::EC2::VPC::Id", "AWS::Route53::HostedZone::Id")  # fmt: skip
_SINGLE = (*_NAMED, "AWS::EC2::KeyPair::KeyName")
_LISTS = tuple(f"List<{name}>" for name in _NAMED)
TYPES = ("String", "Number", "CommaDelimitedList", "List<Number>", "AWS::SSM::Parameter::Name", *_SINGLE, *_LISTS,
         *(f"AWS::SSM::Parameter::Value<{name}>"
           for name in ("String", "List<String>", "CommaDelimitedList", *_SINGLE, *_LISTS)))  # fmt: skip
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""
MEANT = {"list": "CommaDelimitedList", "ssm": "AWS::SSM::Parameter::Value<String>", "text": "String", "int": "Number",
         "integer": "Number"}  # fmt: skip


class ParameterForm(Record):
    """A template parameter. A bare value is its default."""

    short = "default"

    type: str = prop("String", "CloudFormation parameter type.", shape=True)
    default: str | None = prop(None, "Value when none is given.", shape=True)
    values: list[str] = prop([], "The values allowed.", shape=True)
    description: str | None = prop(None, "What it is for.", shape=True)
    secret: bool = prop(False, "Hide the value (NoEcho).", shape=True)
    pattern: str | None = prop(None, "Regular expression that the value must match.", shape=True)
    min: int | None = prop(None, "Least number.", shape=True)
    max: int | None = prop(None, "Greatest number.", shape=True)
    min_length: int | None = prop(None, "Least length.", shape=True)
    max_length: int | None = prop(None, "Greatest length.", shape=True)


def is_list(parameter: Parameter) -> bool:
    """Whether a parameter holds a list: a reference to it stands for a whole list."""
    return "List<" in parameter.properties["Type"] or "CommaDelimitedList" in parameter.properties["Type"]


def read_parameters(named: list[tuple[Scalar, Tree]], report: Report) -> dict[str, Parameter]:
    """Return the parameters by name; a wrong one stands as a text, so that what refers to it is not wrong as well."""
    found: dict[str, Parameter] = {}
    for key, value in named:
        values = read_record(ParameterForm, value, f"the parameter '{key.text}'", report)
        form = ParameterForm(**values or {})
        _judge(form, key, value, report)
        properties = {
            "Type": form.type, "Default": form.default, "AllowedValues": form.values or None,
            "Description": form.description, "NoEcho": form.secret or None, "AllowedPattern": form.pattern,
            "MinValue": form.min, "MaxValue": form.max, "MinLength": form.min_length, "MaxLength": form.max_length,
        }  # fmt: skip
        given = {name: item for name, item in properties.items() if item is not None}
        found[key.text] = Parameter(key.text, given, key.span)
    return found


def _judge(form: ParameterForm, key: Scalar, tree: Tree, report: Report) -> None:
    def wrong(name: str, message: str, help: str | None = None) -> None:
        place = tree.get(name) if isinstance(tree, Mapping) else tree
        report.error("bad-value", message, (place or key).span, help)

    name, default = key.text, form.default
    if form.type not in TYPES:
        meant = MEANT.get(form.type.lower())
        help = f"did you mean '{meant}'?" if meant else did_you_mean(form.type, TYPES)
        wrong("type", f"'{form.type}' is not a type of parameter", help or f"types: {listing(TYPES)}")
    if default is not None and form.type == "Number" and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", default):
        wrong("default", f"the default '{default}' of '{name}' is not a number")
    elif default is not None and form.values and default not in form.values:
        wrong("default", f"the default '{default}' of '{name}' is not one of its values",
              f"values: {listing(form.values)}")  # fmt: skip
    elif default is not None and form.type == "Number" and _outside(float(default), form.min, form.max):
        wrong("default", f"the default '{default}' of '{name}' is not between its 'min' and 'max'")
    elif default is not None and form.type == "String" and _outside(len(default), form.min_length, form.max_length):
        wrong("default", f"the default '{default}' of '{name}' is not as long as it must be")


def _outside(value: float, least: int | None, most: int | None) -> bool:
    return (least is not None and value < least) or (most is not None and value > most)
