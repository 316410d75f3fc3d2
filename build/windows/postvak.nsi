; The installer for Windows: for one person, without an administrator's rights.
; package-windows.sh says VERSION, PROGRAM, ICON, LICENCE and OUT.
;
;   setup /S [/D=FOLDER]         installs without a question; ends with 2 when
;                                Postvak runs and cannot be replaced
;   uninstall /S [/REMOVEDATA]   the same; mail and settings stay unless told
;
; Starting at login is the person's choice in Postvak's settings: an upgrade
; keeps it, and uninstalling takes it away. Who else opens postvak:// links is
; left alone, as the program itself does (app/scheme).

Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS Win10

!include FileFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh
!include WinVer.nsh

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Postvak"
!define CLASS "Software\Classes\postvak"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define WEBVIEW2 "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

Name "Postvak"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Postvak"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
BrandingText "Postvak ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Postvak"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Postvak setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "Postvak"
VIAddVersionKey "LegalCopyright" "The Postvak authors. MIT licence."

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\postvak.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE Dutch

LangString Runs ${LANG_ENGLISH} "Postvak is running, perhaps in the tray beside the clock. Quit it there and press Retry."
LangString Runs ${LANG_DUTCH} "Postvak draait nog, misschien naast de klok. Sluit het daar af en druk op Opnieuw."
LangString TooOld ${LANG_ENGLISH} "Postvak needs Windows 10 or 11."
LangString TooOld ${LANG_DUTCH} "Postvak heeft Windows 10 of 11 nodig."
LangString Fetching ${LANG_ENGLISH} "Fetching WebView2, with which Postvak shows its window, from Microsoft…"
LangString Fetching ${LANG_DUTCH} "WebView2, waarmee Postvak zijn venster toont, wordt bij Microsoft opgehaald…"
LangString NoWebView ${LANG_ENGLISH} "Postvak is installed, but Microsoft's WebView2, with which it shows its window, could not be fetched. Install it from https://developer.microsoft.com/microsoft-edge/webview2 and start Postvak."
LangString NoWebView ${LANG_DUTCH} "Postvak is geïnstalleerd, maar WebView2 van Microsoft, waarmee het zijn venster toont, kon niet worden opgehaald. Installeer het via https://developer.microsoft.com/microsoft-edge/webview2 en start Postvak."
LangString AskData ${LANG_ENGLISH} "Also delete your mail, drafts and settings from this computer?$\n$\nWhat waits in the outbox and drafts exist nowhere else. No keeps everything for a later installation.$\n$\nYes leaves your passwords in the Windows Credential Manager. To remove those too, choose No, install Postvak again and press Remove everything in its settings."
LangString AskData ${LANG_DUTCH} "Ook je mail, concepten en instellingen van deze computer verwijderen?$\n$\nConcepten en wat nog in de postuitgang wacht staan nergens anders. Nee bewaart alles voor een latere installatie.$\n$\nMet Ja blijven je wachtwoorden in Referentiebeheer van Windows staan. Wil je die ook weg, kies dan Nee, installeer Postvak opnieuw en kies Alles verwijderen in de instellingen."

; Windows cannot replace a program that runs.
!macro UntilEnded UN
Function ${UN}UntilEnded
	again:
	${IfNot} ${FileExists} "$INSTDIR\postvak.exe"
		Return
	${EndIf}
	ClearErrors
	FileOpen $0 "$INSTDIR\postvak.exe" a
	${IfNot} ${Errors}
		FileClose $0
		Return
	${EndIf}
	MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(Runs)" /SD IDCANCEL IDRETRY again
	SetErrorLevel 2
	Quit
FunctionEnd
!macroend
!insertmacro UntilEnded ""
!insertmacro UntilEnded "un."

Function .onInit
	SetRegView 64
	${IfNot} ${AtLeastWin10}
		MessageBox MB_OK|MB_ICONSTOP "$(TooOld)" /SD IDOK
		SetErrorLevel 1
		Quit
	${EndIf}
FunctionEnd

Function un.onInit
	SetRegView 64
FunctionEnd

; Puts "yes" on the stack where WebView2 is there, for everybody or this person.
Function HasWebView2
	ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW2}" "pv"
	ReadRegStr $1 HKCU "Software\${WEBVIEW2}" "pv"
	${If} $0 == "0.0.0.0"
		StrCpy $0 ""
	${EndIf}
	${If} $1 == "0.0.0.0"
		StrCpy $1 ""
	${EndIf}
	${If} "$0$1" == ""
		Push "no"
	${Else}
		Push "yes"
	${EndIf}
FunctionEnd

Function NeedWebView2
	Call HasWebView2
	Pop $0
	${If} $0 == "yes"
		Return
	${EndIf}
	DetailPrint "$(Fetching)"
	InitPluginsDir
	File "/oname=$PLUGINSDIR\webview2.ps1" "webview2.ps1"
	nsExec::ExecToLog '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$PLUGINSDIR\webview2.ps1"'
	Pop $0
	Call HasWebView2
	Pop $0
	${If} $0 != "yes"
		MessageBox MB_OK|MB_ICONEXCLAMATION "$(NoWebView)" /SD IDOK
	${EndIf}
FunctionEnd

; Links belong to whoever the person chose: to us where nobody has them, or an
; older place of ours does.
Function OpenLinks
	ReadRegStr $0 HKCU "${CLASS}\shell\open\command" ""
	${If} $0 != ""
		StrCpy $2 0
		find:
		StrCpy $1 $0 12 $2
		${If} $1 == ""
			Return
		${EndIf}
		${If} $1 != "\postvak.exe"
			IntOp $2 $2 + 1
			Goto find
		${EndIf}
	${EndIf}
	WriteRegStr HKCU "${CLASS}" "" "URL:Postvak"
	WriteRegStr HKCU "${CLASS}" "URL Protocol" ""
	WriteRegStr HKCU "${CLASS}\DefaultIcon" "" "$INSTDIR\postvak.exe,0"
	WriteRegStr HKCU "${CLASS}\shell\open\command" "" '"$INSTDIR\postvak.exe" "%1"'
FunctionEnd

Section
	; Another program's folder is not ours to write into, and to clear later.
	${IfNot} ${FileExists} "$INSTDIR\postvak.exe"
		${If} ${FileExists} "$INSTDIR\uninstall.exe"
		${OrIf} ${FileExists} "$INSTDIR\LICENSE.txt"
			StrCpy $INSTDIR "$INSTDIR\Postvak"
		${EndIf}
	${EndIf}
	Call UntilEnded
	SetOutPath "$INSTDIR"
	File "/oname=postvak.exe" "${PROGRAM}"
	File "/oname=LICENSE.txt" "${LICENCE}"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	CreateShortcut "$SMPROGRAMS\Postvak.lnk" "$INSTDIR\postvak.exe"
	Call OpenLinks

	WriteRegStr HKCU "${KEY}" "DisplayName" "Postvak"
	WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
	WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\postvak.exe,0"
	WriteRegStr HKCU "${KEY}" "Publisher" "Postvak"
	WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
	WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
	WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
	WriteRegDWORD HKCU "${KEY}" "NoModify" 1
	WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
	${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
	WriteRegDWORD HKCU "${KEY}" "EstimatedSize" $0

	Call NeedWebView2
SectionEnd

Section Uninstall
	Call un.UntilEnded
	; What is not ours stays, and with it the folder.
	Delete "$INSTDIR\postvak.exe"
	Delete "$INSTDIR\LICENSE.txt"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
	Delete "$SMPROGRAMS\Postvak.lnk"

	ReadRegStr $0 HKCU "${CLASS}\shell\open\command" ""
	${If} $0 == '"$INSTDIR\postvak.exe" "%1"'
	${OrIf} $0 == '$INSTDIR\postvak.exe "%1"'
		DeleteRegKey HKCU "${CLASS}"
	${EndIf}
	DeleteRegValue HKCU "${RUN}" "postvak"
	DeleteRegValue HKCU "${APPROVED}" "postvak"
	DeleteRegValue HKCU "${RUN}" "postvak-demo"
	DeleteRegValue HKCU "${APPROVED}" "postvak-demo"
	DeleteRegKey HKCU "${KEY}"

	${GetParameters} $0
	ClearErrors
	${GetOptions} $0 "/REMOVEDATA" $1
	${IfNot} ${Errors}
		Goto data
	${EndIf}
	MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskData)" /SD IDNO IDYES data
	Goto done
	data:
	RMDir /r "$LOCALAPPDATA\postvak"
	RMDir /r "$LOCALAPPDATA\postvak-demo"
	RMDir /r "$APPDATA\postvak.exe" ; WebView2's own: sizes, cookies of nothing
	done:
SectionEnd
