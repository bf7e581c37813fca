//! A logo, read as far as its size. Deliberately absent: other formats, and pictures that are too large to print well.

use krilla::Data;
use krilla::image::Image;

use crate::documents::Logo;
use crate::error::PaperError;

/// Most pixels of a logo: sharp on paper at any size that fits.
const PIXELS_MAX: u64 = 4_000_000;

/// A picture and its size in pixels.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) image: Image,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Reads the head of a logo; the rest is read when it is printed.
pub(crate) fn picture(logo: &Logo) -> Result<Picture, PaperError> {
    let image = match logo {
        Logo::Png(bytes) => Image::from_png(Data::from(bytes.clone()), false),
        Logo::Jpeg(bytes) => Image::from_jpeg(Data::from(bytes.clone()), false),
    };
    let image = image.map_err(|why| PaperError::Logo(format!("it cannot be read ({why}); save it as PNG or JPEG")))?;
    let (width, height) = image.size();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > PIXELS_MAX {
        return Err(PaperError::Logo(format!("it has {width} by {height} pixels, at most {PIXELS_MAX} in all; make it smaller")));
    }
    Ok(Picture { image, width, height })
}
