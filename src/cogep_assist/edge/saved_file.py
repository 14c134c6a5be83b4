"""A file that is handed out to be saved, never to be shown as a page of ours."""

from urllib.parse import quote

from fastapi import Response


def saved_file(content: bytes, name: str, media_type: str) -> Response:
    """Answer with a file under its name; nothing of it runs, and nobody on the way keeps it."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
