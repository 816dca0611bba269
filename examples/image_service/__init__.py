"""An image service: uploads become thumbnails, thumbnails a gallery, and an API shows it."""
