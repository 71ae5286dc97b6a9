"""PNG in and out with nothing but zlib, so that the bytes do not change with an imaging library's version."""

from __future__ import annotations

import struct
import zlib

__all__ = ["read_png", "shrink", "write_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 3: 1, 6: 4}


def read_png(data: bytes) -> tuple[int, int, int, bytearray]:
    """Return the width, the height, the channels (3 or 4) and the pixels of an RGB, RGBA or palette picture, 8 bits."""
    if data[:8] != _SIGNATURE:
        raise ValueError("not a PNG file")
    wide, high, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 8 or color not in _CHANNELS or interlaced:
        raise ValueError("only RGB, RGBA and palettes of 8 bits are read")
    packed, at = bytearray(), 8
    palette, clear = b"", b""
    while at < len(data):
        length, tag = struct.unpack_from(">I4s", data, at)
        if tag == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        elif tag == b"PLTE":
            palette = data[at + 8 : at + 8 + length]
        elif tag == b"tRNS":
            clear = data[at + 8 : at + 8 + length]
        at += length + 12
    channels = _CHANNELS[color]
    pixels = _unfilter(zlib.decompress(bytes(packed)), wide * channels, high, channels)
    if palette and channels == 1:
        return wide, high, 4, _looked_up(pixels, palette, clear)
    return wide, high, channels, pixels


def _looked_up(indices: bytearray, palette: bytes, clear: bytes) -> bytearray:
    """Return RGBA for indices into a palette whose first colours may be transparent."""
    count = len(palette) // 3
    alphas = clear + b"\xff" * (count - len(clear))
    colors = [palette[3 * at : 3 * at + 3] + alphas[at : at + 1] for at in range(count)]
    return bytearray(b"".join([colors[at] for at in indices]))


def _unfilter(raw: bytes, stride: int, high: int, step: int) -> bytearray:
    """Undo the filters of PNG (specification, section 9)."""
    out = bytearray()
    above = bytearray(stride)
    for row in range(high):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _FILTERS[raw[start]](line, above, step)
        out += line
        above = line
    return out


def _none(line: bytearray, above: bytearray, step: int) -> None:
    pass


def _sub(line: bytearray, above: bytearray, step: int) -> None:
    for at in range(step, len(line)):
        line[at] = (line[at] + line[at - step]) & 255


def _up(line: bytearray, above: bytearray, step: int) -> None:
    line[:] = bytes([(value + over) & 255 for value, over in zip(line, above, strict=True)])


def _average(line: bytearray, above: bytearray, step: int) -> None:
    for at in range(step):
        line[at] = (line[at] + above[at] // 2) & 255
    for at in range(step, len(line)):
        line[at] = (line[at] + (line[at - step] + above[at]) // 2) & 255


def _paeth(line: bytearray, above: bytearray, step: int) -> None:
    for at in range(step):
        line[at] = (line[at] + above[at]) & 255
    for at in range(step, len(line)):
        left, over, corner = line[at - step], above[at], above[at - step]
        by_left, by_over = abs(over - corner), abs(left - corner)
        by_corner = abs(left + over - 2 * corner)
        guess = left if by_left <= by_over and by_left <= by_corner else over if by_over <= by_corner else corner
        line[at] = (line[at] + guess) & 255


_FILTERS = (_none, _sub, _up, _average, _paeth)


def shrink(values: bytes | bytearray, wide: int, high: int, size: int) -> list[float]:
    """Return one channel at `size` x `size`, each value the mean of the area that it stands for."""
    rows = [_shrink_line(values[row * wide : (row + 1) * wide], size) for row in range(high)]
    columns = [_shrink_line([row[at] for row in rows], size) for at in range(size)]
    return [columns[x][y] for y in range(size) for x in range(size)]


def _shrink_line(line: bytes | bytearray | list[float], size: int) -> list[float]:
    scale = len(line) / size
    sums = [0.0]
    for value in line:
        sums.append(sums[-1] + value)
    sums.append(sums[-1])

    def upto(at: float) -> float:
        whole = int(at)
        return sums[whole] + (at - whole) * (sums[whole + 1] - sums[whole])

    edges = [upto(place * scale) for place in range(size + 1)]
    return [(edges[place + 1] - edges[place]) / scale for place in range(size)]


def write_png(indices: bytes, size: int, palette: list[tuple[int, int, int, int]]) -> bytes:
    """Return a square picture of 4 bits per pixel with a palette of 16 colours (red, green, blue, opacity)."""
    rows = bytearray()
    for row in range(size):
        line = indices[row * size : (row + 1) * size] + b"\0" * (size % 2)
        rows.append(0)
        rows += bytes((line[at] << 4) | line[at + 1] for at in range(0, len(line), 2))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 4, 3, 0, 0, 0)),
        (b"PLTE", b"".join(bytes(color[:3]) for color in palette)),
        (b"tRNS", bytes(color[3] for color in palette)),
        (b"IDAT", zlib.compress(bytes(rows), 9)),
        (b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body)) for tag, body in chunks
    )
