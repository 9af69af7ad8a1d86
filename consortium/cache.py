"""The cache, which the portal can do without: while Redis is away, limits pause and people still get in."""

import logging
import time
from contextlib import suppress

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE = 5  # seconds for which a server that did not answer is not asked again
_away_until = 0.0  # by the process's own clock


def _or(default):
    """Return a method's stand-in that answers with the default while the server is away."""

    def wrap(method):
        def asked(self, *args, **kwargs):
            global _away_until
            if time.monotonic() < _away_until:
                return default(args, kwargs)
            try:
                return method(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                _away_until = time.monotonic() + PAUSE
                log.warning("The cache does not answer; limits pause: %s", error)
                return default(args, kwargs)

        return asked

    return wrap


class ForgivingCache(RedisCache):
    """Django's cache in Redis; forgets instead of failing."""

    add = _or(lambda args, kwargs: True)(RedisCache.add)
    get = _or(lambda args, kwargs: kwargs.get("default", args[1] if len(args) > 1 else None))(RedisCache.get)
    set = _or(lambda args, kwargs: None)(RedisCache.set)
    incr = _or(lambda args, kwargs: 1)(RedisCache.incr)
    delete = _or(lambda args, kwargs: False)(RedisCache.delete)
    touch = _or(lambda args, kwargs: False)(RedisCache.touch)


def count(key, seconds):
    """Return how often this was asked for the key, now included, since it was first; 1 while the cache is away."""
    cache.add(key, 0, seconds)
    with suppress(ValueError):  # it ran out between the two
        return cache.incr(key)
    return 1
