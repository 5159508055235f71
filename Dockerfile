# Two stages: the first builds the environment from the lock files, the second carries only that and the code, as nobody.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements requirements
RUN python -m venv /opt/frontdoor \
 && /opt/frontdoor/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    -r requirements/build.txt -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN /opt/frontdoor/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/frontdoor/bin/python -m compileall -q /opt/frontdoor

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home frontdoor
COPY --from=build /opt/frontdoor /opt/frontdoor
ENV PATH=/opt/frontdoor/bin:$PATH PYTHONUNBUFFERED=1 PORT=8000 DATABASE_URL=sqlite:////data/frontdoor.db MEDIA_DIR=/data/media
USER frontdoor
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os,urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["sh", "-c", "frontdoor db upgrade && exec frontdoor serve"]
