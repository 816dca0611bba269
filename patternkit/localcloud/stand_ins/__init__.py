"""Providers of custom resources that stand in for the CDK's own, which need an SDK or a program that is not here.

Each runs as the function that it replaces: with its role, its variables and its timeout. Which one stands in for which
function is in `patternkit.localcloud.inside.substitution`. This folder is the root of their code.
"""
