"""What a browser calls itself, in words by which its owner recognises it in a list."""

from fastapi import Request

# The first that is found counts: most browsers also name those that they are compatible with.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(request: Request) -> str:
    """Return browser and system, as in "Firefox no Windows"; never the text that was sent."""
    agent = request.headers.get("user-agent", "")[:500]
    browser = next((name for mark, name in BROWSERS if mark in agent), "Navegador desconhecido")
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    return f"{browser} no {system}" if system else browser
