# Installs Microsoft's WebView2 for this person: fetches Microsoft's own small
# installer over HTTPS, and runs it only if Microsoft signed it.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # it slows the download down
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

$setup = Join-Path $PSScriptRoot 'MicrosoftEdgeWebview2Setup.exe'
Invoke-WebRequest -UseBasicParsing -TimeoutSec 300 -Uri 'https://go.microsoft.com/fwlink/p/?LinkId=2124703' -OutFile $setup
$signature = Get-AuthenticodeSignature -FilePath $setup
if ($signature.Status -ne 'Valid' -or $signature.SignerCertificate.Subject -notmatch '(^|, )O=Microsoft Corporation(,|$)') {
	throw 'What came is not signed by Microsoft.'
}
exit (Start-Process -FilePath $setup -ArgumentList '/silent', '/install' -Wait -PassThru).ExitCode
