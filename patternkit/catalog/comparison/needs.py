"""What is often needed of events and APIs, as options of `patternkit choose`: the page shows what each leads to."""

NEEDS: tuple[tuple[str, str], ...] = (
    ("Immediate: several functions get each new file at once", "--starts file --delivery immediate --brings functions"),
    ("Batched: many events in one run", "--starts file --delivery batched"),
    ("Scheduled", "--delivery scheduled"),
    ("In order", "--ordered"),
    ("In order, from callers outside of AWS", "--ordered --starts request"),
    ("Exactly once", "--exactly-once --starts call"),
    ("A person decides", "--human"),
    ("Push: messages to clients that did not ask", "--push"),
    ("At the edge: clients reach containers by Amazon CloudFront alone", "--edge --brings containers"),
    ("At the edge, with answers from its cache", "--edge --brings functions --burst seconds"),
    ("Large files, uploaded", "--payload 5GiB --answer receipt"),
    ("Large files, worked on", "--payload 15GiB --starts file"),
    ("Work of more than 15 minutes", "--longest-work 2h --starts file"),
    ("Private: an API that nothing reaches from the internet", "--private"),
    ("Private: work without a way to the internet", "--private --starts file"),
)


def given(options: str) -> dict[str, str | bool]:
    """Read options as the command line does.

    Args:
        options: The options, those that stand alone being flags.

    Returns:
        The values by name.
    """
    words = options.split()
    followed = [*words[1:], "--"]
    return {
        word.removeprefix("--").replace("-", "_"): True if after.startswith("--") else after
        for word, after in zip(words, followed, strict=True)
        if word.startswith("--")
    }
