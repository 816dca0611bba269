"""Peak memory and time of the thumbnailer's largest accepted images, each in a process of its own.

    python bench/thumbnailer_memory.py [--megapixels 100] [--widths 128,512] [--output JPEG]

Prints peak resident memory, seconds, and ratios: memory against a process that only imports Pillow, and both
against the first row, the baseline JPEG. The images are made here, each by a process that has ended before it
is measured. "adds" is what a row needs beside the function's own imports and clients, which the last line
gives.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HANDLER = Path(__file__).parents[1] / "patterns" / "events" / "thumbnailer" / "handler"

# Noise, or else the format would compress the image to nothing; in tiles, so that making it stays cheap.
PHOTO = """
noise = numpy.random.default_rng(1).integers(0, 256, (64, 64, 3), numpy.uint8)
tile = Image.fromarray(noise).resize((512, 512))
image = Image.new("RGB", (width, height))
for y in range(0, height, 512):
    for x in range(0, width, 512):
        image.paste(tile, (x, y))
"""
PALETTE = "image = Image.effect_mandelbrot((width, height), (-3, -2.5, 2, 2.5), 20).convert('P')\n"
GREY16 = """
grey = numpy.add.outer(7 * numpy.arange(height), 5 * numpy.arange(width)).astype(numpy.uint16)
image = Image.fromarray(grey)
"""
IMAGES = {
    "JPEG": PHOTO + "image.save(path, 'JPEG', quality=90)",
    "JPEG, progressive": PHOTO + "image.save(path, 'JPEG', quality=90, progressive=True)",
    "JPEG, progressive 4:4:4": PHOTO + "image.save(path, 'JPEG', quality=90, progressive=True, subsampling=0)",
    "JPEG, CMYK progressive": PHOTO + "image.convert('CMYK').save(path, 'JPEG', quality=90, progressive=True)",
    "PNG, RGB": PHOTO + "image.save(path, 'PNG', compress_level=1)",
    "PNG, RGBA": PHOTO + "image.putalpha(128); image.save(path, 'PNG', compress_level=1)",
    "PNG, palette transparent": PALETTE + "image.save(path, 'PNG', transparency=0, compress_level=1)",
    "PNG, 16-bit grey": GREY16 + "image.save(path, 'PNG', compress_level=1)",
    "GIF, animated": PALETTE + "image.save(path, 'GIF', save_all=True, append_images=[image.rotate(180)])",
    "WEBP": PHOTO + "image.save(path, 'WEBP', quality=50, method=0)",
    "WEBP, RGBA": PHOTO + "image.putalpha(128); image.save(path, 'WEBP', quality=50, method=0)",
    "TIFF, turned": PHOTO + "image.save(path, 'TIFF', compression='tiff_adobe_deflate', exif={274: 6})",
    "JPEG, a strip": PHOTO.replace("height", "65000").replace("width", "(width * height // 65000)")
    + "image.save(path, 'JPEG', quality=90)",
}
MAKE = """
import sys, numpy
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
"""
# ru_maxrss is inherited from the process that starts this one, until exec: VmHWM is this program's own.
PEAK = """
import json, time
def report(seconds):
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(json.dumps({"megabytes": int(status["VmHWM"].split()[0]) / 1024, "seconds": seconds}))
"""
MEASURE = (
    PEAK
    + """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from thumbnailer import images
widths = [int(width) for width in sys.argv[3].split(",")]
output = images.FORMATS[sys.argv[4]]
body = Path(sys.argv[2]).read_bytes()
start = time.perf_counter()
picture = images.read(body, width=max(widths), max_pixels=int(sys.argv[5]))
for width in widths:
    picture.thumbnail(width, output=output, quality=85)
report(time.perf_counter() - start)
"""
)
PILLOW = PEAK + "import PIL.Image\nreport(0)"
FUNCTION = (
    PEAK
    + """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ |= {
    "DESTINATION_BUCKET": "b", "TABLE_NAME": "t", "WIDTHS": "128", "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "s", "POWERTOOLS_METRICS_NAMESPACE": "n",
}
start = time.perf_counter()
import thumbnailer.index
report(time.perf_counter() - start)
"""
)


@dataclass(frozen=True)
class Peak:
    megabytes: float
    seconds: float


def measured(program: str, *arguments: str) -> Peak:
    done = subprocess.run([sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True)
    return Peak(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megapixels", type=int, default=100)
    parser.add_argument("--widths", default="128,512")
    parser.add_argument("--output", default="JPEG", choices=["JPEG", "PNG", "WEBP", "AVIF"])
    parser.add_argument("--only", default="", help="only the images whose name has this in it")
    options = parser.parse_args()

    pixels = options.megapixels * 10**6
    pillow = measured(PILLOW)
    function = measured(FUNCTION, str(HANDLER))
    print(f"{options.megapixels} megapixels to {options.output} at {options.widths}")
    print(f"{'image':26}{'file MB':>9}{'peak MB':>9}{'x Pillow':>9}{'x first':>9}{'adds MB':>9}{'s':>7}{'x first':>9}")
    first: Peak | None = None
    with tempfile.TemporaryDirectory() as folder:
        for name, making in IMAGES.items():
            if options.only not in name:
                continue
            path = Path(folder) / "image"
            # As many pixels as the thumbnailer accepts: half of them in a WebP.
            side = math.isqrt(pixels // 2 if name.startswith("WEBP") else pixels)
            subprocess.run([sys.executable, "-c", MAKE + making, path, str(side), str(side)], check=True)
            peak = measured(MEASURE, str(HANDLER), str(path), options.widths, options.output, str(pixels))
            first = first or peak
            print(
                f"{name:26}{path.stat().st_size / 2**20:9.1f}{peak.megabytes:9.0f}"
                f"{peak.megabytes / pillow.megabytes:9.2f}{peak.megabytes / first.megabytes:9.2f}"
                f"{peak.megabytes - pillow.megabytes:9.0f}"
                f"{peak.seconds:7.2f}{peak.seconds / first.seconds:9.2f}",
                flush=True,
            )
            path.unlink()
    print(f"only Pillow {pillow.megabytes:.0f} MB; the function before its first event {function.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
