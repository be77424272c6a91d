"""What the address of a page of the blog says: whether it is the first page, with everything on it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit


def filter_in(address: str) -> str | None:
    """Return what makes an address one of a filtered page or of an older one, as a sentence's end; None where
    nothing does.
    """
    try:
        pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError:
        return None
    for name, value in pairs:
        if name.lower().startswith("cat_") and value.strip(" 0"):
            return f"the address filters by {name[:20]}"
    for name, value in pairs:
        if name.lower() in ("p", "page") and value.strip() not in ("", "0", "1"):
            return f"the address names page {value.strip()[:10]}, not the first"
    return None
