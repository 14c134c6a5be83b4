"""``python -m cogep_assist.cli`` is ``cogep``."""

from cogep_assist.cli.app import main

if __name__ == "__main__":
    main()
