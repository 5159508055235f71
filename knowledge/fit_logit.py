"""Two small fits in NumPy: weights that choose one of many (a conditional logit), and a logistic curve. Both convex,
both by Newton's steps that are halved while they do not help, so that the same data always give the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from knowledge.route_fusion import Exact

HELD = 1.0  # how strongly weights are held back
STEPS = 60
BLOCK = 400  # rows at once
ENOUGH = 1e-7


def conditional(table: Exact, gold: Exact) -> Exact:
    """Weights of the readers (rows x labels x readers) under which the gold labels are most probable."""
    own = table[np.arange(len(gold)), gold]

    def loss(weights: Exact) -> float:
        scores = table @ weights
        most = scores.max(axis=1)
        grown = np.log(np.exp(scores - most[:, None]).sum(axis=1)) + most
        return float((grown - own @ weights).sum() + HELD / 2 * weights @ weights)

    def slopes(weights: Exact) -> tuple[Exact, Exact]:
        scores = table @ weights
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        mean = np.einsum("nl,nlr->nr", chances, table)
        bend = HELD * np.eye(table.shape[2]) - mean.T @ mean
        for start in range(0, len(table), BLOCK):
            some = table[start : start + BLOCK]
            bend += np.einsum("nlr,nls->rs", some * chances[start : start + BLOCK, :, None], some, optimize=True)
        return (own - mean).sum(axis=0) - HELD * weights, bend

    return newton(loss, slopes, table.shape[2])


def logistic(told: Exact, held: Exact) -> Exact:
    """Weights of the features under which what held is most probable."""

    def loss(weights: Exact) -> float:
        sums = told @ weights
        return float((np.logaddexp(0, sums) - held * sums).sum() + HELD / 2 * weights @ weights)

    def slopes(weights: Exact) -> tuple[Exact, Exact]:
        sure = chances(told, weights)
        bend = (told * (sure * (1 - sure))[:, None]).T @ told + HELD * np.eye(told.shape[1])
        return told.T @ (held - sure) - HELD * weights, bend

    return newton(loss, slopes, told.shape[1])


def chances(told: Exact, weights: Exact) -> Exact:
    return np.asarray(1 / (1 + np.exp(-np.clip(told @ weights, -50, 50))))


def newton(loss: Callable[[Exact], float], slopes: Callable[[Exact], tuple[Exact, Exact]], size: int) -> Exact:
    weights = np.zeros(size)
    now = loss(weights)
    for _ in range(STEPS):
        slope, bend = slopes(weights)
        step = np.linalg.solve(bend, slope)
        while (new := loss(weights + step)) > now and np.abs(step).max() > ENOUGH:
            step = step / 2
        weights, gained, now = weights + step, now - new, new
        if gained < ENOUGH * abs(now):
            break
    return weights
