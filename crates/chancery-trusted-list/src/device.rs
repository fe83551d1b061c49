//! Whether a key is in a qualified device (TS 119 615, 4.5).

use crate::facts::Facts;
use crate::uris::Qualifier;
use crate::uses::WouldBeDevice;

/// From July 2016 on: PRO-4.5.4-04 and table 7. `None` where the qualifiers contradict each other.
pub(crate) fn under_regulation(qualifiers: &[Qualifier], facts: &Facts) -> Option<WouldBeDevice> {
    let has = |qualifier: Qualifier| qualifiers.contains(&qualifier);
    let (with, without) = (has(Qualifier::InQualifiedDevice), has(Qualifier::NotInQualifiedDevice));
    let managed = has(Qualifier::DeviceManagedOnBehalf);
    let as_in_certificate = has(Qualifier::DeviceAsInCertificate);
    let contradiction = (has(Qualifier::InSecureDevice) && !with)
        || (has(Qualifier::NotInSecureDevice) && !without)
        || (without && (with || managed))
        || (as_in_certificate && (with || without || managed));
    (!contradiction).then(|| decide(with || managed, without, facts.device))
}

/// Before July 2016: PRO-4.5.4-03 and table 6. `None` where the qualifiers contradict each other.
pub(crate) fn under_directive(qualifiers: &[Qualifier], facts: &Facts) -> Option<WouldBeDevice> {
    let has = |qualifier: Qualifier| qualifiers.contains(&qualifier);
    let (with, without) = (has(Qualifier::InSecureDevice), has(Qualifier::NotInSecureDevice));
    let as_in_certificate = has(Qualifier::SecureDeviceAsInCertificate);
    let contradiction = (with && without) || (as_in_certificate && (with || without));
    (!contradiction).then(|| decide(with, without, facts.device || facts.directive_device_policy))
}

const fn decide(with: bool, without: bool, claimed: bool) -> WouldBeDevice {
    if with || (claimed && !without) { WouldBeDevice::InDevice } else { WouldBeDevice::NotInDevice }
}
