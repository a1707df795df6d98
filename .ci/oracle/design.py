"""DESIGN.md's list of differences, made of the table."""

import textwrap

from tally import differences

SECTIONS = {
    "profiles": "Profiles, beside `go tool pprof` 1.27:",
    "traces": "Traces, beside `internal/trace` of Go 1.27:",
}


def text():
    """The list, wrapped as DESIGN.md is."""
    parts = []
    for section, heading in SECTIONS.items():
        rows = [row for row in differences() if row["beside"] == section]
        bullets = [wrapped(f"- **{row['name']}**: {row['reason']}") for row in rows]
        parts.append(f"{heading}\n\n" + "\n".join(bullets))
    return "\n\n".join(parts)


def wrapped(bullet):
    return textwrap.fill(bullet, width=118, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
