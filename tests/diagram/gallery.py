"""Architectures that the tests draw, as different from one another as real ones are."""

from __future__ import annotations

from archkit.architecture import Architecture
from tests.diagram.building import build

__all__ = ["ZONES", "gallery"]

URLS = """
visitors users
api http HTTP_API
shorten lambda python3.13
resolve lambda python3.13
links table
visitors -> api
api -> shorten: POST /links
api -> resolve: GET /{slug}
shorten -> links: style=data write
resolve -> links: style=data read
"""

THUMBS = """
photos bucket
jobs queue
resize lambda python3.13, 1024 MB
made bucket
failed queue
alerts topic
slow alarm age of oldest message > 300
jobs.dead_letters queue
photos -> jobs: step=1 style=event note=A new photo is announced to the queue; created *.jpg
jobs -> resize: step=2 style=event note=Up to ten messages are handed to the function at once; batch of 10
resize -> photos: style=data read
resize -> made: step=3 style=data store the thumbnail
resize -> failed: style=event on failure
jobs -> slow: style=guard
slow -> alerts: style=event
jobs.dead_letters -> alerts: style=event not empty
"""

SHOP = """
shoppers users
dns zone
cdn cdn shop.example.com
assets bucket
cmk key
web_acl waf
network vpc 10.0.0.0/16
  web public
    balancer alb
  app private
    fleet asg t4g.small, 2 to 6
  data private
    db rds postgres, Multi-AZ
    cache redis 1 replica
shoppers -> dns
dns -> cdn
cdn -> assets: style=data /static/*
cdn -> balancer
balancer -> fleet: 8080
fleet -> db: style=data 5432
fleet -> cache: style=data 6379
web_acl -> cdn: style=guard
db -> cmk: badge
assets -> cmk: badge
"""

FAN = """
shop lambda
orders bus
billing queue
stock queue
mail queue
audit stream
bill lambda
reserve lambda
send lambda
archive bucket
shop -> orders: PutEvents
orders -> billing: style=event OrderPlaced
orders -> stock: style=event OrderPlaced
orders -> mail: style=event OrderPlaced, OrderShipped
orders -> audit: style=event everything
billing -> bill: style=event
stock -> reserve: style=event
mail -> send: style=event
audit -> archive: style=data
"""

FLOW = """
clerk user
start http
claims states Standard
check lambda
ask bedrock
store table
tell topic
boss user
clerk -> start: POST /claims
start -> claims: StartExecution
claims -> check: 1. validate
claims -> ask: 2. summarise
claims -> store: style=data 3. PutItem
claims -> tell: style=event 4. Publish
tell -> boss: style=event e-mail
check -> store: style=data
"""

CYCLES = """
a lambda
b queue
c lambda
d table
e lambda
a -> b: style=event send
b -> c: style=event
c -> a: invoke
c -> c: retry
c -> d: style=data write
d -> e: style=event stream
e -> d: style=data read
a <-> e: talk
c -> d: style=data read
"""

HOSTILE = """
a users x | <script>alert(1)</script> & "quotes" ]]>
b lambda cap | %s
c table | مرحبا بالعالم
d queue | 日本語のとても長い名前のキューです
e bucket | 🎉 emoji 👩‍👩‍👧
f odd | Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen
g group | a <group> & its title that is far longer than anything which stands in it would ever need
  h topic
a -> b: <b>bold</b> & more
b -> c: style=data %s
c -> d
d -> e: ]]>
e -> f: 日本語のラベル
f -> h
"""

REGIONS = """
users users
dns zone
production account Production
  eu region eu-west-1
    eu_api http
    eu_fn lambda
    eu_table table
  us region us-east-1
    us_api http
    us_fn lambda
    us_table table
users -> dns
dns -> eu_api
dns -> us_api: failover
eu_api -> eu_fn
us_api -> us_fn
eu_fn -> eu_table: style=data
us_fn -> us_table: style=data
eu_table <-> us_table: style=data global table
"""

TIERS = """
users users
network vpc 10.0.0.0/16
  a az
    web_a public
      alb alb
    app_a private
      fleet_a asg
    data_a private
      db rds primary
  b az
    app_b private
      fleet_b asg
    data_b private
      standby rds standby
users -> alb: HTTPS
alb -> fleet_a: 8080
alb -> fleet_b: 8080
fleet_a -> db: style=data 5432
fleet_b -> db: style=data 5432
db -> standby: style=event sync
network -> logs: style=event flow logs
logs bucket
"""


ZONES = """
shoppers users
dns zone
cdn cdn shop.example.com
assets bucket
cmk key
network zoned 10.0.0.0/16
  web public_tier
    balancer alb
    network.nat nat | NAT gateway
  app private_tier
    fleet asg t4g.small, 2 to 6
  data private_tier
    db standby postgres, Multi-AZ
    cache redis 1 replica
  network.internet igw | Internet gateway
shoppers -> dns
dns -> cdn
cdn -> assets: style=data /static/*
cdn -> balancer: HTTPS
balancer -> fleet: 8080
fleet -> db: style=data 5432
fleet -> cache: style=data 6379
db -> cmk: badge
assets -> cmk: badge
"""


ZONES3 = """
users users
net zoned3 10.1.0.0/16
  net.internet igw | Internet gateway
  edge public_tier
    lb alb
    net.nat nat | NAT gateway
  services private_tier
    work cluster
      orders service 2 tasks
      stock service 2 tasks
  inner private_tier
    one ec2
    two ec2
    three ec2
    four ec2
  stores private_tier
    main standby aurora
    cache redis
jobs queue
files bucket
alerts topic
users -> lb: HTTPS
lb -> orders: /orders
lb -> stock: /stock
orders -> main: style=data 5432
stock -> main: style=data 5432
orders -> cache: style=data
orders -> jobs: style=event
stock -> one
one -> two
three -> files: style=data read
four -> alerts: style=event
"""

REGIONAL = """
visitors users
office datacenter
eu region eu-west-1
  api http
  fn lambda
  net zoned 10.0.0.0/16
    gate igw | VPN gateway
    private private_tier
      job ec2
      shared rds
us region us-east-1
  other zoned
    solo public_tier
      box ec2
    box2 ec2
  store bucket
visitors -> api
api -> fn
fn -> shared: style=data 5432
office -> gate: IPsec
gate -> job
job -> shared: style=data
visitors -> box
box -> store: style=data
"""


def _sixty() -> str:
    lines = ["people users", "front http"]
    words = ("lambda", "queue", "table", "topic", "bucket", "states")
    edges = ["people -> front"]
    for team in range(8):
        lines.append(f"team{team} group")
        for number in range(7):
            lines.append(f"  n{team}_{number} {words[(team + number) % 6]}")
        edges += [f"n{team}_{i} -> n{team}_{j}" for i, j in ((0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (5, 6))]
        edges.append(f"front -> n{team}_0: /team{team}")
        if team % 2:
            edges.append(f"n{team - 1}_6 -> n{team}_3: style=event")
    return "\n".join([*lines, *edges])


def gallery() -> dict[str, Architecture]:
    """Return all of them by name."""
    long = "very " * 700 + "long"
    texts = {
        "url-shortener": URLS,
        "thumbnails": THUMBS,
        "shop": SHOP,
        "fan-out": FAN,
        "claims": FLOW,
        "cycles": CYCLES,
        "hostile": HOSTILE % (long, long[:300]),
        "regions": REGIONS,
        "tiers": TIERS,
        "zones": ZONES,
        "zones-of-three": ZONES3,
        "zones-in-regions": REGIONAL,
        "sixty": _sixty(),
    }
    found = {name: build(text, name) for name, text in texts.items()}
    return found | {
        "shop-down": build(SHOP, "shop-down", direction="down"),
        "zones-right": build(ZONES, "zones-right", direction="right"),
        "zones-of-three-right": build(ZONES3, "zones-of-three-right", direction="right"),
        "claims-down": build(FLOW, "claims-down", direction="down"),
    }
