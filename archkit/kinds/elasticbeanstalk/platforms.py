"""Platforms: which name Elastic Beanstalk gives each, and its version when this was written.

A version is superseded every few weeks, and whoever did not use it before cannot choose it any more; so the name is a
parameter of the template, which takes any version of the platform, and this list is only what it is by default
(https://docs.aws.amazon.com/elasticbeanstalk/latest/platforms/platforms-supported.html).
"""

from __future__ import annotations

import re
from typing import Any, Literal

__all__ = ["Platform", "is_windows", "parameter"]

Platform = Literal["python3.14", "python3.13", "python3.12", "python3.11", "nodejs24", "nodejs22", "nodejs20", "java25",
                   "java21", "java17", "java11", "java8", "tomcat11", "tomcat10", "tomcat9", "dotnet10", "dotnet9",
                   "dotnet8", "iis2025", "iis2022", "iis2019", "php8.5", "php8.4", "php8.3", "php8.2", "ruby4.0",
                   "ruby3.4", "ruby3.3", "ruby3.2", "go1", "docker", "ecs"]  # fmt: skip
VERSIONS = {"python": "4.13.1", "nodejs": "6.11.1", "java": "4.12.1", "tomcat": "5.14.1", "dotnet": "3.11.1",
            "iis": "2.23.1", "php": "4.13.1", "ruby": "4.14.1", "go": "4.9.1", "docker": "4.13.1",
            "ecs": "4.7.1"}  # fmt: skip
NAMES = {"python": "Python {}", "nodejs": "Node.js {}", "java": "Corretto {}", "dotnet": ".NET {}", "php": "PHP {}",
         "ruby": "Ruby {}", "go": "Go {}", "docker": "Docker", "ecs": "ECS"}  # fmt: skip
TOMCATS = {"11": "25", "10": "21", "9": "17"}
"""The Java that each Tomcat is taken with."""
COMMAND = "'aws elasticbeanstalk list-available-solution-stacks' lists the current ones."


def is_windows(platform: str) -> bool:
    """Say whether a platform runs on Windows Server."""
    return platform.startswith("iis")


def parameter(platform: str) -> dict[str, Any]:
    """Return the template's parameter that names the version of a platform.

    >>> parameter("python3.14")["Default"], parameter("iis2025")["Default"]
    ('64bit Amazon Linux 2023 v4.13.1 running Python 3.14', '64bit Windows Server 2025 v2.23.1 running IIS 10.0')
    >>> parameter("tomcat11")["AllowedPattern"]
    '64bit Amazon Linux 2023 v[0-9.]+ running Tomcat 11 Corretto 25'
    """
    found = re.fullmatch(r"([a-z]+)([0-9.]*)", platform)
    assert found is not None
    family, version = found.groups()
    system = f"Windows Server {version}" if family == "iis" else "Amazon Linux 2023"
    runs = f"Tomcat {version} Corretto {TOMCATS[version]}" if family == "tomcat" else (
        "IIS 10.0" if family == "iis" else NAMES[family].format(version))  # fmt: skip
    return {
        "Type": "String", "Default": f"64bit {system} v{VERSIONS[family]} running {runs}",
        "AllowedPattern": f"64bit {system} v[0-9.]+ running {runs.replace('.', '[.]')}",
        "Description": f"Platform version of Elastic Beanstalk; {COMMAND}",
    }  # fmt: skip
