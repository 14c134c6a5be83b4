# One image for every process: API, worker, Beat, migrations. Its Python is the one that the locks are
# made for and the tests run on; every locked package has wheels up to 3.13 as well.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 \
    UV_COMPILE_BYTECODE=1
WORKDIR /build
COPY requirements/bootstrap.lock requirements/build.lock requirements/runtime.lock requirements/
# The tools stay behind: what runs is in /opt/cogep alone. uv compiles what it installs, and leaves
# what is no Python of today (olefile brings a module for Python 2); compileall would stop there.
RUN python -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes --only-binary :all: -r requirements/bootstrap.lock \
 && /opt/tools/bin/uv pip install --python /opt/tools/bin/python \
      --require-hashes --only-binary :all: -r requirements/build.lock \
 && python -m venv --without-pip /opt/cogep \
 && /opt/tools/bin/uv pip install --python /opt/cogep/bin/python \
      --require-hashes --only-binary :all: -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/tools/bin/uv build --wheel --no-build-isolation --python /opt/tools/bin/python --out-dir /wheels . \
 && /opt/tools/bin/uv pip install --python /opt/cogep/bin/python --no-deps /wheels/*.whl

FROM python:3.11-slim-bookworm
# OCR of scanned Portuguese documents; everything else comes in wheels.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-por \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 cogep \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/cogep --create-home cogep
COPY --from=build /opt/cogep /opt/cogep
ENV PATH=/opt/cogep/bin:$PATH PYTHONUNBUFFERED=1 COGEP_DATA_DIR=/var/lib/cogep
USER cogep
WORKDIR /var/lib/cogep
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["cogep", "serve", "--host", "0.0.0.0", "--port", "8000"]
