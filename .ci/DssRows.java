import eu.europa.esig.dss.detailedreport.DetailedReport;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.enumerations.TokenExtractionStrategy;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/**
 * DssRows JOBS: EU DSS with its default policy, offline, over the jobs of the example `agreement`, in one process. A row for each
 * signature: file, name of the moment, kind ("signature", or "counter-signature" for one over another signature), SHA-256 of the
 * signature value, indication, sub-indication, those of basic validation, format, and the errors and warnings.
 */
public class DssRows {
  public static void main(String[] arguments) throws Exception {
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] job = line.split("\t");
      try {
        judge(job);
      } catch (Throwable why) { // a document that DSS cannot read: one row that says so
        row(job, "-", "-", "UNREADABLE", "-", "-", "-", "-", why.getClass().getSimpleName() + ": " + why.getMessage());
      }
    }
  }

  private static void judge(String[] job) throws Exception {
    CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
    if (!job[5].equals("-"))
      for (String anchor : job[5].split(",")) anchors.addCertificate(DSSUtils.loadCertificate(Files.readAllBytes(Path.of(anchor))));
    CommonCertificateVerifier verifier = new CommonCertificateVerifier(true); // offline: nothing is fetched
    verifier.setTrustedCertSources(anchors);
    SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(job[3]));
    validator.setCertificateVerifier(verifier);
    validator.setTokenExtractionStrategy(TokenExtractionStrategy.NONE);
    validator.setValidationTime(Date.from(Instant.parse(job[2])));
    if (!job[4].equals("-")) validator.setDetachedContents(List.of(new FileDocument(job[4])));
    Reports reports = validator.validateDocument();
    SimpleReport simple = reports.getSimpleReport();
    DetailedReport detailed = reports.getDetailedReport();
    DiagnosticData data = reports.getDiagnosticData();
    if (simple.getSignatureIdList().isEmpty()) row(job, "-", "-", "NO SIGNER", "-", "-", "-", "-", "-");
    for (String id : simple.getSignatureIdList()) {
      SignatureWrapper signature = data.getSignatureById(id);
      StringJoiner said = new StringJoiner(" | ");
      for (Message message : simple.getAdESValidationErrors(id)) said.add(message.getValue());
      for (Message message : simple.getAdESValidationWarnings(id)) said.add("(" + message.getValue() + ")");
      row(job, signature.isCounterSignature() ? "counter-signature" : "signature", digest(signature.getSignatureValue()),
        word(simple.getIndication(id)), word(simple.getSubIndication(id)), word(detailed.getBasicValidationIndication(id)),
        word(detailed.getBasicValidationSubIndication(id)), word(simple.getSignatureFormat(id)), said.toString());
    }
  }

  private static String word(Object word) {
    return word == null ? "-" : word.toString();
  }

  private static String digest(byte[] value) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value == null ? new byte[0] : value));
  }

  private static void row(String[] job, String... cells) {
    List<String> all = new ArrayList<>(List.of(job[0], job[1]));
    for (String cell : cells) all.add(String.valueOf(cell).replaceAll("\\s+", " "));
    System.out.println(String.join("\t", all));
  }
}
