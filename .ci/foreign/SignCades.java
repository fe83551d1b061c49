import eu.europa.esig.dss.cades.CAdESSignatureParameters;
import eu.europa.esig.dss.cades.signature.CAdESService;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** SignCades CONTENT KEYS.p12 PASSWORD DIRECTORY: CAdES B-B by BouncyCastle and by EU DSS, attached and detached. */
public class SignCades {
  public static void main(String[] a) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(Files.newInputStream(Path.of(a[1])), a[2].toCharArray());
    String alias = store.aliases().nextElement();
    PrivateKey key = (PrivateKey) store.getKey(alias, a[2].toCharArray());
    List<X509Certificate> chain = new ArrayList<>();
    for (var certificate : store.getCertificateChain(alias)) chain.add((X509Certificate) certificate);
    for (boolean attached : new boolean[] {true, false}) {
      String end = "-b." + (attached ? "p7m" : "p7s");
      Files.write(Path.of(a[3], "foreign-bouncycastle" + end), bouncyCastle(Files.readAllBytes(Path.of(a[0])), key, chain, attached));
      Files.write(Path.of(a[3], "foreign-dss" + end), dss(a[0], a[1], a[2], attached));
    }
  }

  static byte[] bouncyCastle(byte[] content, PrivateKey key, List<X509Certificate> chain, boolean attached) throws Exception {
    ESSCertIDv2 id = new ESSCertIDv2(MessageDigest.getInstance("SHA-256").digest(chain.get(0).getEncoded()));
    Attribute reference = new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(new SigningCertificateV2(id)));
    var signed = new DefaultSignedAttributeTableGenerator(new AttributeTable(new Hashtable<>(java.util.Map.of(reference.getAttrType(), reference))));
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
        .setSignedAttributeGenerator(signed).build(new JcaContentSignerBuilder("SHA256withRSA").build(key), chain.get(0)));
    generator.addCertificates(new JcaCertStore(chain));
    return generator.generate(new CMSProcessableByteArray(content), attached).getEncoded(); // BER, as it comes
  }

  static byte[] dss(String content, String keys, String password, boolean attached) throws Exception {
    try (Pkcs12SignatureToken token = new Pkcs12SignatureToken(keys, new KeyStore.PasswordProtection(password.toCharArray()))) {
      var key = token.getKeys().get(0);
      CAdESSignatureParameters p = new CAdESSignatureParameters();
      p.setSignatureLevel(SignatureLevel.CAdES_BASELINE_B);
      p.setSignaturePackaging(attached ? SignaturePackaging.ENVELOPING : SignaturePackaging.DETACHED);
      p.setDigestAlgorithm(DigestAlgorithm.SHA256);
      p.setSigningCertificate(key.getCertificate());
      p.setCertificateChain(key.getCertificateChain());
      CAdESService service = new CAdESService(new CommonCertificateVerifier(true));
      FileDocument document = new FileDocument(content);
      ToBeSigned bytes = service.getDataToSign(document, p);
      return service.signDocument(document, p, token.sign(bytes, DigestAlgorithm.SHA256, key)).openStream().readAllBytes();
    }
  }
}
