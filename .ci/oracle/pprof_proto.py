"""A small decoder of profile.proto, so that Go's profile and godiag's are compared by no code of either."""

import collections
import gzip


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """Number and value of each field of a message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def numbers(value):
    """One number, or packed numbers."""
    if isinstance(value, int):
        return [value]
    out, at = [], 0
    while at < len(value):
        number, at = varint(value, at)
        out.append(number)
    return out


def profile(data):
    """Sample types, and a multiset of samples by their whole stack."""
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    texts, samples, locations, functions, types = [], [], {}, {}, []
    for number, value in fields(data):
        if number == 6:
            texts.append(value.decode("utf8", "replace"))
        elif number == 2:
            samples.append(value)
        elif number == 4:
            one = list(fields(value))
            locations[dict(one)[1]] = (dict(one).get(3, 0), [dict(fields(line)) for n, line in one if n == 4])
        elif number == 5:
            functions[dict(fields(value))[1]] = dict(fields(value))
        elif number in (1, 11):
            types.append((number, tuple(sorted(dict(fields(value)).items()))))
    types = [(number, tuple(texts[text] for _, text in pair)) for number, pair in types]

    def frames(location):
        """Function, file and line of each inlined call."""
        name = lambda line, key: texts[functions[line[1]].get(key, 0)]
        return tuple((name(line, 2), name(line, 4), line.get(2, 0)) for line in locations[location][1])

    out = collections.Counter()
    for sample in samples:
        ids = [i for number, value in fields(sample) if number == 1 for i in numbers(value)]
        values = tuple(i for number, value in fields(sample) if number == 2 for i in numbers(value))
        out[tuple((locations[i][0], frames(i)) for i in ids), values] += 1
    return sorted(types), out
