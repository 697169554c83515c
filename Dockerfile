# syntax=docker/dockerfile:1
# One image for every role of the program: migrate, serve, worker.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/soquyhoach
COPY pyproject.toml constraints.txt README.md LICENSE sqh.py ./
COPY api api
COPY ingest ingest
COPY maps maps
COPY schemas schemas
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/soquyhoach/bin/pip install --disable-pip-version-check --constraint constraints.txt .

FROM python:3.11-slim-bookworm
# postgresql-client: `sqh db backup` and `restore`; bubblewrap and libarchive: what opens files of
# strangers; the rest: text layout and a font for PDF files.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        postgresql-client libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
        bubblewrap libarchive13 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/soquyhoach soquyhoach
COPY --from=build /opt/soquyhoach /opt/soquyhoach
ENV PATH=/opt/soquyhoach/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SQH_HOME=/var/lib/soquyhoach
USER soquyhoach
WORKDIR /var/lib/soquyhoach
EXPOSE 8000
ENTRYPOINT ["sqh"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
