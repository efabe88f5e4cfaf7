//! Arithmetic modulo the 3072-bit prime of RFC 3526 (generator 2), for SRP: a safe face over AWS-LC's big numbers.
//!
//! The one module of the server with `unsafe`. Every number is owned and is wiped when it is dropped. Powers, products and sums take a time
//! that depends on the lengths of their operands, never on their values.
#![allow(unsafe_code)]

mod number;

use aws_lc_sys as lc;
use number::{Number, Scratch, done};
use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::{LazyLock, OnceLock};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Bytes in the modulus, and in every element written out.
pub const WIDTH: usize = 384;
/// Longest exponent, in bytes, that [`Group::power_of_g`] answers from its table.
const TABLE_EXPONENT: usize = 32;

/// `2^3072 - 2^3008 - 1 + 2^64 · ([2^2942 · π] + 1690314)`: RFC 3526, section 4.
const MODULUS: &CStr = c"\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437\
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05\
    98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33\
    A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864\
    D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

/// A number below the modulus.
pub struct Element(Number);

impl Element {
    /// Big-endian, padded to [`WIDTH`] bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; WIDTH]> {
        self.0.to_be()
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }
}

/// `g^(j·16^i)` in Montgomery form at `[i][j]`: a power of g is then one product per four bits of exponent, without squarings.
type Powers = [[[u8; WIDTH]; 16]];

/// The multiplicative group modulo a fixed prime, with what can be worked out once.
pub struct Group {
    modulus: Number,
    montgomery: NonNull<lc::BN_MONT_CTX>,
    powers: OnceLock<Box<Powers>>,
}

// SAFETY: the Montgomery context is immutable once made, and AWS-LC takes it as `const` everywhere below.
unsafe impl Send for Group {}
// SAFETY: as above.
unsafe impl Sync for Group {}

impl Drop for Group {
    fn drop(&mut self) {
        // SAFETY: owned, and released only here.
        unsafe { lc::BN_MONT_CTX_free(self.montgomery.as_ptr()) }
    }
}

impl Group {
    /// The group of Cognito's SRP: the 3072-bit MODP prime of RFC 3526 (section 4) with generator 2.
    pub fn srp3072() -> &'static Self {
        static GROUP: LazyLock<Group> = LazyLock::new(|| {
            let (mut modulus, mut scratch) = (Number::new(), Scratch::new());
            // SAFETY: all pointers are live, the constant ends with a NUL, and it is odd, as Montgomery arithmetic requires.
            let montgomery = unsafe {
                assert_ne!(lc::BN_hex2bn(&mut modulus.raw(), MODULUS.as_ptr()), 0, "memory for the modulus");
                lc::BN_MONT_CTX_new_for_modulus(modulus.ptr(), scratch.raw())
            };
            Group { modulus, montgomery: NonNull::new(montgomery).expect("memory for the modulus"), powers: OnceLock::new() }
        });
        &GROUP
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> Zeroizing<[u8; WIDTH]> {
        self.modulus.to_be()
    }

    /// Reads a big-endian number between 1 and the modulus less 1; leading zeros do not matter. `None` for any other.
    pub fn element(&self, bytes: &[u8]) -> Option<Element> {
        let (extra, kept) = bytes.split_at(bytes.len().saturating_sub(WIDTH));
        if extra.iter().any(|b| *b != 0) {
            return None;
        }
        let mut padded = Zeroizing::new([0; WIDTH]);
        padded[WIDTH - kept.len()..].copy_from_slice(kept);
        let number = Number::from_be(&padded[..]);
        // SAFETY: both are live.
        let below = unsafe { lc::BN_ucmp(number.ptr(), self.modulus.ptr()) } < 0;
        (below && !number.is_zero()).then_some(Element(number))
    }

    /// `base ^ exponent`.
    pub fn power(&self, base: &Element, exponent: &[u8]) -> Element {
        let (mut out, exponent, mut scratch) = (Number::new(), Number::from_be(exponent), Scratch::new());
        // SAFETY: all pointers are live, `base` is below the modulus, and the Montgomery context is the modulus' own.
        done(unsafe {
            lc::BN_mod_exp_mont_consttime(
                out.raw(),
                base.0.ptr(),
                exponent.ptr(),
                self.modulus.ptr(),
                scratch.raw(),
                self.montgomery.as_ptr(),
            )
        });
        Element(out)
    }

    /// `2 ^ exponent`; for exponents of up to 256 bits, at about a quarter of the cost of [`Self::power`].
    pub fn power_of_g(&self, exponent: &[u8]) -> Element {
        if exponent.len() > TABLE_EXPONENT {
            return self.power(&Element(Number::from_be(&[2])), exponent);
        }
        let (digits, mut scratch) = (exponent.iter().rev().flat_map(|byte| [byte & 15, byte >> 4]), Scratch::new());
        let mut product = self.enter(&Number::from_be(&[1]), &mut scratch);
        for (row, digit) in self.powers.get_or_init(|| self.build_powers()).iter().zip(digits) {
            let factor = Number::from_be(&select(row, digit)[..]);
            product = self.montgomery_product(&product, &factor, &mut scratch);
        }
        Element(self.leave(&product, &mut scratch))
    }

    /// `a · b`.
    pub fn product(&self, a: &Element, b: &Element) -> Element {
        let mut scratch = Scratch::new();
        let a = self.enter(&a.0, &mut scratch);
        Element(self.montgomery_product(&a, &b.0, &mut scratch))
    }

    /// `a + b`.
    pub fn sum(&self, a: &Element, b: &Element) -> Element {
        let mut out = Number::new();
        // SAFETY: all pointers are live and both operands are below the modulus.
        done(unsafe { lc::BN_mod_add_quick(out.raw(), a.0.ptr(), b.0.ptr(), self.modulus.ptr()) });
        Element(out)
    }

    /// `a - b`.
    pub fn difference(&self, a: &Element, b: &Element) -> Element {
        let mut out = Number::new();
        // SAFETY: as in `sum`.
        done(unsafe { lc::BN_mod_sub_quick(out.raw(), a.0.ptr(), b.0.ptr(), self.modulus.ptr()) });
        Element(out)
    }

    fn build_powers(&self) -> Box<Powers> {
        let mut scratch = Scratch::new();
        let one = self.enter(&Number::from_be(&[1]), &mut scratch);
        let mut base = self.enter(&Number::from_be(&[2]), &mut scratch);
        let mut rows = Vec::with_capacity(2 * TABLE_EXPONENT);
        for _ in 0..2 * TABLE_EXPONENT {
            let mut row = [[0; WIDTH]; 16];
            let mut entry = Number::from_be(&one.to_be()[..]);
            for slot in &mut row {
                *slot = *entry.to_be();
                entry = self.montgomery_product(&entry, &base, &mut scratch);
            }
            base = entry;
            rows.push(row);
        }
        rows.into_boxed_slice()
    }

    /// Into Montgomery form.
    fn enter(&self, a: &Number, scratch: &mut Scratch) -> Number {
        let mut out = Number::new();
        // SAFETY: all pointers are live and `a` is below the modulus.
        done(unsafe { lc::BN_to_montgomery(out.raw(), a.ptr(), self.montgomery.as_ptr(), scratch.raw()) });
        out
    }

    /// Out of it.
    fn leave(&self, a: &Number, scratch: &mut Scratch) -> Number {
        let mut out = Number::new();
        // SAFETY: as in `enter`.
        done(unsafe { lc::BN_from_montgomery(out.raw(), a.ptr(), self.montgomery.as_ptr(), scratch.raw()) });
        out
    }

    fn montgomery_product(&self, a: &Number, b: &Number, scratch: &mut Scratch) -> Number {
        let mut out = Number::new();
        // SAFETY: as in `enter`, of both operands.
        done(unsafe { lc::BN_mod_mul_montgomery(out.raw(), a.ptr(), b.ptr(), self.montgomery.as_ptr(), scratch.raw()) });
        out
    }
}

/// `row[digit]`, reading all of the row so that the memory touched does not tell the digit.
fn select(row: &[[u8; WIDTH]; 16], digit: u8) -> Zeroizing<[u8; WIDTH]> {
    let mut out = Zeroizing::new([0; WIDTH]);
    for (entry, index) in row.iter().zip(0u8..) {
        let wanted = index.ct_eq(&digit);
        for (byte, candidate) in out.iter_mut().zip(entry) {
            byte.conditional_assign(candidate, wanted);
        }
    }
    out
}

/// `a·b + c` over the integers, big-endian. `a` and `b` together, and `c`, may have up to [`WIDTH`] - 1 bytes.
pub fn multiply_add(a: &[u8], b: &[u8], c: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = (a.len() + b.len()).max(c.len()) + 1;
    assert!(length <= WIDTH, "operands too long to multiply");
    let (a, b, c) = (Number::from_be(a), Number::from_be(b), Number::from_be(c));
    let (mut product, mut sum, mut scratch) = (Number::new(), Number::new(), Scratch::new());
    // SAFETY: all pointers are live and no result is an operand of its own calculation.
    unsafe {
        done(lc::BN_mul(product.raw(), a.ptr(), b.ptr(), scratch.raw()));
        done(lc::BN_add(sum.raw(), product.ptr(), c.ptr()));
    }
    Zeroizing::new(sum.to_be()[WIDTH - length..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn element(bytes: &[u8]) -> Element {
        Group::srp3072().element(bytes).expect("an element")
    }

    fn same(a: &Element, b: &Element) -> bool {
        a.to_bytes() == b.to_bytes()
    }

    #[test]
    fn elements_lie_between_one_and_the_modulus() {
        let group = Group::srp3072();
        let mut modulus = group.modulus().to_vec();
        assert_eq!((modulus[0], modulus[WIDTH - 1]), (255, 255));
        assert!(group.element(&modulus).is_none());
        assert!(group.element(&[]).is_none() && group.element(&[0; 400]).is_none() && group.element(&[1; 385]).is_none());
        modulus[WIDTH - 1] -= 1;
        assert!(same(&element(&modulus), &element(&[&[0; 16], &modulus[..]].concat())));
        assert!(group.sum(&element(&modulus), &element(&[1])).is_zero());
    }

    #[test]
    fn known_powers() {
        let group = Group::srp3072();
        assert!(same(&group.power_of_g(&[10]), &element(&[4, 0])));
        assert!(same(&group.power_of_g(&[]), &element(&[1])) && same(&group.power(&element(&[7]), &[0, 0]), &element(&[1])));
        assert!(same(&group.power(&element(&[3]), &[5]), &element(&[243])));
        // Fermat: a^(p-1) = 1.
        let mut order = *group.modulus();
        order[WIDTH - 1] -= 1;
        assert!(same(&group.power(&element(&[5]), &order), &element(&[1])));
    }

    #[test]
    fn many_threads_share_the_group() {
        std::thread::scope(|scope| {
            for n in 1..5u8 {
                scope.spawn(move || assert!(same(&Group::srp3072().power_of_g(&[n]), &element(&[1 << n]))));
            }
        });
    }

    #[test]
    fn multiply_add_is_over_the_integers() {
        assert_eq!(multiply_add(&[255, 255], &[255], &[0, 0, 0, 7])[..], [0, 0, 254, 255, 8]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_table_agrees_with_the_plain_power(exponent in proptest::collection::vec(any::<u8>(), 0..=32)) {
            let group = Group::srp3072();
            prop_assert!(same(&group.power_of_g(&exponent), &group.power(&element(&[2]), &exponent)));
        }

        #[test]
        fn ring_laws(a in any::<[u8; 40]>(), b in any::<[u8; 300]>(), c in any::<[u8; 383]>()) {
            let (Some(a), Some(b), Some(c)) = (Group::srp3072().element(&a), Group::srp3072().element(&b), Group::srp3072().element(&c)) else {
                return Ok(());
            };
            let group = Group::srp3072();
            prop_assert!(same(&group.product(&a, &group.sum(&b, &c)), &group.sum(&group.product(&a, &b), &group.product(&c, &a))));
            prop_assert!(same(&group.sum(&group.difference(&a, &b), &b), &a));
        }

        #[test]
        fn exponents_add_up(a in any::<[u8; 32]>(), b in any::<[u8; 32]>(), c in any::<[u8; 64]>()) {
            let group = Group::srp3072();
            let stepwise = group.product(&group.power(&group.power_of_g(&a), &b), &group.power_of_g(&c));
            prop_assert!(same(&stepwise, &group.power_of_g(&multiply_add(&a, &b, &c))));
        }
    }
}
