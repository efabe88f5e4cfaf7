//! AWS-LC's `BIGNUM` and `BN_CTX`, owned.

use super::WIDTH;
use aws_lc_sys as lc;
use std::ffi::c_int;
use std::ptr::NonNull;
use zeroize::Zeroizing;

/// The only failure left to AWS-LC once operands are in range is memory that cannot be had, which Rust does not survive either.
pub(super) fn done(status: c_int) {
    assert_eq!(status, 1, "big number arithmetic is out of memory");
}

/// An owned `BIGNUM`.
pub(super) struct Number(NonNull<lc::BIGNUM>);

// SAFETY: a `BIGNUM` is plain memory without thread affinity; it changes only through `&mut self`.
unsafe impl Send for Number {}
// SAFETY: AWS-LC only reads through the `*const BIGNUM` that `&self` gives out.
unsafe impl Sync for Number {}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: the pointer is owned and came from `BN_new`; this is its only release. The memory is wiped first.
        unsafe { lc::BN_clear_free(self.0.as_ptr()) }
    }
}

impl Number {
    pub(super) fn new() -> Self {
        // SAFETY: no preconditions.
        Self(NonNull::new(unsafe { lc::BN_new() }).expect("memory for a big number"))
    }

    /// As wide as `bytes` is long, whatever its leading zeros: the width tells nothing of the value.
    pub(super) fn from_be(bytes: &[u8]) -> Self {
        let mut number = Self::new();
        // SAFETY: the slice is valid for its length and `number` is a live `BIGNUM`.
        let read = unsafe { lc::BN_bin2bn(bytes.as_ptr(), bytes.len(), number.raw()) };
        assert!(!read.is_null(), "memory for a big number");
        number
    }

    pub(super) fn to_be(&self) -> Zeroizing<[u8; WIDTH]> {
        let mut out = Zeroizing::new([0; WIDTH]);
        // SAFETY: `out` has `WIDTH` bytes, and AWS-LC refuses a number that does not fit them.
        done(unsafe { lc::BN_bn2bin_padded(out.as_mut_ptr(), WIDTH, self.ptr()) });
        out
    }

    pub(super) fn is_zero(&self) -> bool {
        // SAFETY: `self` is a live `BIGNUM`.
        unsafe { lc::BN_is_zero(self.ptr()) == 1 }
    }

    pub(super) fn ptr(&self) -> *const lc::BIGNUM {
        self.0.as_ptr()
    }

    pub(super) fn raw(&mut self) -> *mut lc::BIGNUM {
        self.0.as_ptr()
    }
}

/// Temporary storage for one calculation.
pub(super) struct Scratch(NonNull<lc::BN_CTX>);

impl Scratch {
    pub(super) fn new() -> Self {
        // SAFETY: no preconditions.
        Self(NonNull::new(unsafe { lc::BN_CTX_new() }).expect("memory for big number arithmetic"))
    }

    pub(super) fn raw(&mut self) -> *mut lc::BN_CTX {
        self.0.as_ptr()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: owned, and released only here; AWS-LC wipes what it frees.
        unsafe { lc::BN_CTX_free(self.0.as_ptr()) }
    }
}
